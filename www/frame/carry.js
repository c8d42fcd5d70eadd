// Requests about files, for wasm/browser (carry.go): an XMLHttpRequest, since fetch does not tell how much of a body has
// left. In JavaScript because every line of it is ten times larger in Go. A plain script, which tests load as it is.

/**
 * @param {string} method
 * @param {string} base where files are, without a slash at the end
 * @param {string} path of the file below it, or "limits", or ""
 * @param {string} session @param {string} token @param {string} clientId
 * @param {string} name @param {Blob | null} body the file that is sent
 * @param {boolean} blob the body of a 200 is wanted as a Blob; everything else is JSON
 * @param {(sent: number) => void} progress bytes of the body that have left
 * @param {(status: number, body: unknown) => void} done once, with status 0 where there is no answer
 * @returns {() => void} ends it; neither function is called any more
 */
globalThis.foyerCarry = (method, base, path, session, token, clientId, name, body, blob, progress, done) => {
  const request = new XMLHttpRequest();
  request.open(
    method,
    base + (path && '/' + encodeURIComponent(path)) + (session && '?session=' + encodeURIComponent(session)),
  );
  request.setRequestHeader('Authorization', 'Bearer ' + token);
  if (body) {
    request.setRequestHeader('Foyer-File-Name', encodeURIComponent(name));
    request.setRequestHeader('Foyer-Client-Id', clientId);
  }
  request.responseType = 'json';
  request.onreadystatechange = () => {
    // The last moment to choose the form.
    if (blob && request.readyState === request.HEADERS_RECEIVED && request.status === 200) request.responseType = 'blob';
  };
  request.upload.onprogress = (event) => progress(event.loaded);
  request.onloadend = () => done(request.status, request.response);
  // A slice, not the file: Chromium sends a file by its path, which only the process of the page that it was chosen on may
  // read. A piece of it is sent through the browser.
  request.send(body && body.slice(0, body.size, body.type));
  return () => {
    request.upload.onprogress = request.onloadend = null;
    request.abort();
  };
};
