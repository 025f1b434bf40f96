// @ts-check
/** What went wrong, as kind sentences: of a photo with its number, never with its name. */
import { visit } from './visit.js';
import { say } from './words.js';

/** @typedef {{key: string, values?: import('./words.js').Values, photo?: number}} Problem */

/**
 * @param {HTMLElement} list
 * @param {Problem[]} problems
 */
export function listProblems(list, problems) {
  list.replaceChildren(...problems.map(entryOf));
}

/** @returns {Problem[]} one for each photo that is left out */
export function photoProblems() {
  return visit.photos.flatMap(({ reason }, place) =>
    reason ? [{ key: `fail.${reason}`, photo: place + 1 }] : [],
  );
}

/** @param {Problem} problem */
function entryOf({ key, values, photo }) {
  const entry = document.createElement('li');
  if (photo) entry.append(spoken('strong', 'fail.photo', { n: photo }), ' ');
  entry.append(spoken('span', key, values));
  return entry;
}

/** @param {string} tag @param {string} key @param {import('./words.js').Values} [values] */
function spoken(tag, key, values) {
  const element = document.createElement(tag);
  say(element, key, values);
  return element;
}
