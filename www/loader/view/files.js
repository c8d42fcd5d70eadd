// The event "files" of view.Handler: a button lets files be chosen, every other element takes those that are dropped on
// it or pasted into it. The files themselves go to Go, which only passes them on.

/**
 * @param {Element} element
 * @param {string[] | null} accept types that a chooser offers, ".pdf"
 * @param {(files: File[]) => void} take gets at least one
 * @param {import('./hear.js').Listen} listen
 * @returns {() => void} takes the listeners off
 */
export function takeFiles(element, accept, take, listen) {
  const some = (/** @type {File[]} */ files) => files.length && take(files);
  return element instanceof HTMLButtonElement ? choose(element, accept, some, listen) : receive(element, some, listen);
}

/** @param {HTMLButtonElement} button @param {string[] | null} accept @param {(files: File[]) => void} take @param {import('./hear.js').Listen} listen */
function choose(button, accept, take, listen) {
  const chooser = document.createElement('input');
  chooser.type = 'file';
  chooser.multiple = true;
  chooser.accept = (accept || []).join();
  chooser.onchange = () => {
    take([...(chooser.files || [])]);
    chooser.value = ''; // so that the same file can be chosen again
  };
  // At once: a browser opens the chooser only while it handles the click.
  return listen(button, 'click', () => chooser.click());
}

/** @param {Element} element @param {(files: File[]) => void} take @param {import('./hear.js').Listen} listen */
function receive(element, take, listen) {
  const mark = (/** @type {boolean} */ on) => element.toggleAttribute('data-dropping', on);
  /** @type {[string, (event: any) => void][]} */
  const listeners = [
    [
      'dragover',
      (event) => {
        if (!event.dataTransfer.types.includes('Files')) return; // a text is dragged: not ours
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        mark(true);
      },
    ],
    ['dragleave', (event) => element.contains(event.relatedTarget) || mark(false)],
    [
      'drop',
      (event) => {
        mark(false);
        const files = filesOf(event.dataTransfer);
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        take(files);
      },
    ],
    [
      'paste',
      (event) => {
        // Office programs put a picture of a text beside the text.
        if (event.clipboardData.types.includes('text/plain')) return;
        const files = filesOf(event.clipboardData);
        if (files.length) event.preventDefault();
        take(files);
      },
    ],
  ];
  const ends = listeners.map(([type, listener]) => listen(element, type, listener));
  return () => {
    mark(false);
    for (const end of ends) end();
  };
}

/** Without folders, which look like files and cannot be read. @param {DataTransfer} data */
function filesOf(data) {
  return [...data.items]
    .filter((item) => item.kind === 'file' && !item.webkitGetAsEntry()?.isDirectory)
    .map((item) => item.getAsFile())
    .filter((file) => file !== null);
}
