// @ts-check
/** The words of the page: both languages came with it, so changing them asks nobody. */

/** @typedef {Record<string, string | number>} Values */
/** @type {{strings: Record<string, Record<string, string>>, platforms: string[]}} */
const words = JSON.parse(document.getElementById('words')?.textContent ?? '{}');
let language = 'en';

/** The sites that take part. */
export const platforms = words.platforms;

/**
 * A phrase in the language that was chosen.
 * @param {string} key
 * @param {Values} [values] for its placeholders
 */
export function phrase(key, values = {}) {
  const text = words.strings[language]?.[key];
  if (text === undefined) throw new Error(`no phrase ${key}`);
  return text.replace(/\{(\w+)\}/g, (_all, name) => String(values[name]));
}

/**
 * Put a phrase into an element; it follows when the language changes.
 * @param {HTMLElement} element
 * @param {string} key
 * @param {Values} [values]
 */
export function say(element, key, values = {}) {
  element.dataset.t = key;
  element.dataset.values = JSON.stringify(values);
  element.textContent = phrase(key, values);
}

/**
 * Say nothing there any more.
 * @param {HTMLElement} element
 */
export function hush(element) {
  delete element.dataset.t;
  element.textContent = '';
}

/**
 * Put every phrase below `root` into the language that was chosen.
 * @param {ParentNode} root
 */
export function fill(root) {
  for (const element of root.querySelectorAll('[data-t]')) {
    if (!(element instanceof HTMLElement)) continue;
    const { t = '', values = '{}' } = element.dataset;
    element.textContent = phrase(t, JSON.parse(values));
  }
}

/**
 * Choose the language, for this visit alone: nothing is kept.
 * @param {string} chosen `en` or `sw`
 */
export function speak(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  fill(document);
}

/** The language that was not chosen. */
export function otherLanguage() {
  return language === 'en' ? 'sw' : 'en';
}

/** @param {string} of a language */
export function nameOf(of) {
  return words.strings[of]?.['language.this'] ?? of;
}
