/* Keys for those who decide all day. Everything works without this file; it only presses what is there. */

const rows = [...document.querySelectorAll('[data-row]')];
const inList = Boolean(document.querySelector('#list [data-row]'));
const shortcuts = document.querySelector('#shortcuts');
const OFF = 'console.keys-off';
const PLACE = 'console.place';
let place = -1;

/** The element of a row that takes the focus: its box, or a link. */
const grip = (row) => row.querySelector('input, a');

/** @param {number} wanted */
function goTo(wanted) {
  if (!inList || !rows.length) return;
  rows[place]?.classList.remove('here');
  place = Math.max(0, Math.min(rows.length - 1, wanted));
  rows[place].classList.add('here');
  grip(rows[place])?.focus();
  sessionStorage.setItem(PLACE, String(place));
}

/** Back where the last decision was made, or at the next row that is still to be decided. */
function comeBack() {
  const from = Number(sessionStorage.getItem(PLACE) ?? 0);
  const later = rows.findIndex((row, at) => at >= from && !row.hasAttribute('data-held'));
  goTo(later >= 0 ? later : rows.findIndex((row) => !row.hasAttribute('data-held')));
}

/** Open the reasons of a decision, about this row where none was chosen. */
function offer(key) {
  const wanted = document.querySelector(`#choices details[data-key="${key}"]`);
  if (!wanted) return;
  const boxes = [...document.querySelectorAll('input[name=match][type=checkbox]')];
  if (boxes.length && !boxes.some((box) => box.checked)) {
    const box = rows[place]?.querySelector('input[name=match]');
    if (!box) return;
    box.checked = true;
  }
  for (const other of document.querySelectorAll('#choices details')) other.open = other === wanted;
  wanted.querySelector('select, button').focus();
}

function close() {
  const open = document.querySelector('#choices details[open]');
  if (!open) return;
  open.open = false;
  if (inList) goTo(place);
  else open.querySelector('summary').focus();
}

function give(number) {
  document.querySelectorAll('#choices details[open] button')[number - 1]?.click();
}

function toggle() {
  const box = rows[place]?.querySelector('input[name=match]');
  if (box) box.checked = !box.checked;
}

function showKeys() {
  const details = shortcuts.querySelector('details');
  details.open = !details.open;
  details.querySelector('summary').focus();
}

const actions = {
  j: () => goTo(place + 1),
  k: () => (inList ? goTo(place - 1) : offer('k')),
  K: () => offer(inList ? 'K' : 'k'),
  x: toggle,
  o: () => rows[place]?.querySelector('.more')?.click(),
  v: () => rows[inList ? place : 0]?.querySelector('.viewer')?.click(),
  r: () => offer('r'),
  s: () => offer('s'),
  p: () => offer('p'),
  u: () => document.querySelector('.undo')?.click(),
  '?': showKeys,
  Escape: close,
};

/** Whether somebody types or chooses from a list, where letters mean something else. */
function isTaken(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return true;
  const target = event.target;
  if (target instanceof HTMLSelectElement) {
    const isNumber = /^[1-9]$/.test(event.key) && target.closest('#choices');
    return !isNumber && event.key !== 'Escape';
  }
  return target instanceof HTMLInputElement && target.type !== 'checkbox';
}

function areOff() {
  return localStorage.getItem(OFF) === 'yes';
}

function showWhetherOff() {
  const button = document.querySelector('#keys-off');
  button.setAttribute('aria-pressed', String(areOff()));
  for (const key of document.querySelectorAll('#choices kbd')) key.hidden = areOff();
}

function press(event) {
  if (areOff() || isTaken(event)) return;
  if (/^[1-9]$/.test(event.key)) give(Number(event.key));
  else if (Object.hasOwn(actions, event.key)) actions[event.key]();
  else return;
  event.preventDefault();
}

if (shortcuts) {
  shortcuts.hidden = false;
  document.querySelector('#keys-off').addEventListener('click', () => {
    localStorage.setItem(OFF, areOff() ? 'no' : 'yes');
    showWhetherOff();
  });
  showWhetherOff();
  document.addEventListener('keydown', press);
  if (location.hash === '#list') comeBack();
}
