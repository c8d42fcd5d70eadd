// Runs every command of the bus from a form. The page is a customer's: it uses nothing but the public bus.

import { commands, events } from './command-list.js';

const plugin = window.CXBus.registerPlugin('Bench');
window.plugin = plugin; // for the console

const byId = (id) => document.getElementById(id);
const choice = byId('command');
const fields = byId('fields');

/** @param {string} tag @param {object} props @param {...(Node | string)} children */
function make(tag, props = {}, ...children) {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children);
  return element;
}

/** Values as people read them; what JSON has no form for is named. */
function written(value) {
  const seen = new WeakSet();
  const name = (key, v) => {
    if (typeof v === 'function') return `function ${v.name}`;
    if (v instanceof RegExp) return String(v);
    if (v instanceof Node) return `<${v.nodeName.toLowerCase()}>`;
    if (v instanceof File) return `file ${v.name}`;
    if (v && typeof v === 'object') {
      if (seen.has(v)) return '(again)';
      seen.add(v);
    }
    return v;
  };
  return value === undefined ? 'undefined' : JSON.stringify(value, name, 2);
}

/** The form element of a field, and how its value is read: undefined where nothing is given. */
const kinds = {
  text: (field) => input({ value: field.value ?? '' }, (e) => e.value || undefined),
  long: (field) => area(field.value ?? '', (e) => e.value || undefined),
  number: (field) => input({ type: 'number', value: field.value ?? '' }, (e) => (e.value === '' ? undefined : Number(e.value))),
  tick: (field) => input({ type: 'checkbox', checked: field.value }, (e) => e.checked),
  json: (field) => area(field.value === undefined ? '' : written(field.value), (e) => (e.value.trim() ? JSON.parse(e.value) : undefined)),
  regex: (field) => input({ value: field.value }, (e) => readRegex(e.value)),
  files: () => input({ type: 'file', multiple: true }, (e) => e),
  element: () => input({ placeholder: 'This field is watched' }, (e) => e),
  choice(field) {
    const element = make('select', {}, ...Object.keys(field.choices).map((name) => new Option(name)));
    return { element, read: () => field.choices[element.value] };
  },
};

function input(props, read) {
  const element = make('input', { autocomplete: 'off', ...props });
  return { element, read: () => read(element) };
}

function area(value, read) {
  const element = make('textarea', { value, spellcheck: false });
  return { element, read: () => read(element) };
}

function readRegex(text) {
  const [, source, flags] = /^\/(.+)\/(\w*)$/s.exec(text) ?? [];
  if (source === undefined) throw new SyntaxError(`${text || 'nothing'} is not written as /…/flags`);
  return new RegExp(source, flags);
}

/** How the shown fields are read, by option. @type {Map<string, () => unknown>} */
let readers = new Map();

function showFields() {
  const { about, fields: wanted = [] } = commands[choice.value];
  byId('about').textContent = about;
  readers = new Map();
  fields.replaceChildren(...wanted.map(showField));
  showCode();
}

function showField(field) {
  const { element, read } = kinds[field.kind ?? 'text'](field);
  element.id = 'field-' + (field.name || 'options');
  readers.set(field.name, read);
  const label = make('label', { htmlFor: element.id }, field.name || 'options');
  return field.kind === 'tick' ? make('p', { className: 'tick' }, element, label) : make('p', {}, label, element);
}

/** The options as the fields stand. Throws where one of them cannot be read. */
function options() {
  const all = {};
  for (const [name, read] of readers) {
    const value = read();
    if (name === '') return value;
    if (value !== undefined) all[name] = value;
  }
  return readers.size > 0 ? all : undefined;
}

function showCode() {
  const code = byId('code');
  try {
    const given = options();
    code.textContent = `plugin.command('${choice.value}'${given === undefined ? '' : ', ' + written(given)});`;
    code.classList.remove('wrong');
  } catch (error) {
    code.textContent = String(error);
    code.classList.add('wrong');
  }
}

/** Puts a line on top of a list and keeps the list short. */
function note(list, ...children) {
  list.querySelector('.none')?.remove();
  const line = make('li', {}, ...children);
  list.prepend(line);
  while (list.children.length > 50) list.lastElementChild.remove();
  return line;
}

function answered(line, state, value) {
  line.dataset.state = state;
  line.querySelector('span').replaceWith(make('span', { className: state }, ' ' + state));
  if (value !== undefined) line.append(make('pre', { tabIndex: 0 }, written(value)));
}

function run(name, given) {
  const line = note(byId('results'), make('b', {}, name), make('span', {}, ' …'));
  line.dataset.command = name;
  plugin
    .command(name, given)
    .done((value) => answered(line, 'resolved', value))
    .fail((reason) => answered(line, 'rejected', reason));
}

for (const [namespace, names] of Object.entries(events)) {
  for (const name of names) {
    plugin.subscribe(`${namespace}.${name}`, (e) => {
      const line = note(byId('events'), make('b', {}, `${namespace}.${name}`));
      if (e.data !== undefined) line.append(make('pre', { tabIndex: 0 }, written(e.data)));
    });
  }
}

for (const namespace of Object.keys(events)) {
  const group = make('optgroup', { label: namespace });
  group.append(...Object.keys(commands).filter((name) => name.startsWith(namespace + '.')).map((name) => new Option(name)));
  choice.append(group);
}
choice.addEventListener('change', showFields);
fields.addEventListener('input', showCode);
byId('run').addEventListener('submit', (event) => {
  event.preventDefault();
  try {
    run(choice.value, options());
  } catch (error) {
    answered(note(byId('results'), make('b', {}, choice.value), make('span')), 'rejected', String(error));
  }
});
showFields();
