// @ts-check
/** One thing at a time: shows screens, moves the focus, calls what a button stands for. */
import { fill } from './words.js';

/**
 * @typedef {object} Screen
 * @property {() => void} [enter] after it is shown
 * @property {Record<string, () => void>} [acts] what its `data-do` buttons do
 */
/** @type {Record<string, Screen>} */
const screens = {};
let shown = '';
let before = '';

/** @param {Record<string, Screen>} more */
export function addScreens(more) {
  Object.assign(screens, more);
}

/**
 * The part of the present screen with this id.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function part(id) {
  const found = main().querySelector(`#${id}`);
  if (!found) throw new Error(`${shown} has no ${id}`);
  return /** @type {T} */ (found);
}

/** @param {string} name */
export function isShown(name) {
  return shown === name;
}

/** The screen that was there before this one. */
export function previous() {
  return before;
}

/** @param {string} name of a template and of its screen */
export function go(name) {
  const template = document.getElementById(name);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`no screen ${name}`);
  if (name !== shown) [before, shown] = [shown, name];
  const content = document.importNode(template.content, true);
  fill(content);
  main().replaceChildren(content);
  screens[name]?.enter?.();
  scrollTo(0, 0);
  const heading = main().querySelector('h1');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus();
}

/** Let buttons do what their `data-go` or `data-do` says. */
export function followButtons() {
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element && event.target.closest('button');
    if (!button) return;
    if (button.dataset.go) go(button.dataset.go);
    if (button.dataset.do) screens[shown]?.acts?.[button.dataset.do]?.();
  });
}

function main() {
  return /** @type {HTMLElement} */ (document.getElementById('main'));
}
