// @ts-check
/**
 * The quick exit: empty first, then away, and this page's place in the history with it. It does
 * not clear the browser's history list, and nothing here says that it does.
 */
import { hush, say } from './words.js';

const PRESSES = 3;
const WITHIN_MS = 5000;

/** @param {string} id @returns {HTMLElement} */
function part(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no part ${id}`);
  return found;
}

/**
 * Make the exit, the Shift key and every other way out leave nothing.
 * @param {() => void} forget drops everything that the page holds in memory
 */
export function guardLeaving(forget) {
  const leave = () => {
    part('cover').hidden = false;
    empty(forget);
    document.body.hidden = true;
    location.replace(/** @type {HTMLAnchorElement} */ (part('exit')).href);
  };
  part('exit').addEventListener('click', (event) => {
    event.preventDefault();
    leave();
  });
  countShift(leave);
  // The photo chooser of a phone hides the page too, so hiding covers and does not empty.
  document.addEventListener('visibilitychange', () => {
    part('cover').hidden = !document.hidden;
  });
  addEventListener('pagehide', () => empty(forget));
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
}

/** @param {() => void} forget */
function empty(forget) {
  forget();
  for (const form of document.forms) form.reset();
  part('main').replaceChildren();
}

/** @param {() => void} leave */
function countShift(leave) {
  let presses = 0;
  let last = 0;
  document.addEventListener('keyup', (event) => {
    const inTime = event.timeStamp - last < WITHIN_MS;
    presses = event.key === 'Shift' ? (inTime ? presses : 0) + 1 : 0;
    last = event.timeStamp;
    if (presses >= PRESSES) leave();
    else if (presses > 0) say(part('exit-left'), 'exit.left', { n: PRESSES - presses });
    else hush(part('exit-left'));
  });
}
