// @ts-check
/** What sites did about a case: shown only when it is asked for, and told a day late. */
import { say } from './words.js';

/** @typedef {{removed: number, already_gone: number, limited: number, not_acted: number, looking: number, last_month: string | null}} Found */
/** @typedef {{sites: number, confirmed: number}} Told */
/** @typedef {{key: string, values: Record<string, string | number>}} Line */

/**
 * The phrases that tell what a case's status holds.
 * @param {Found} found
 * @param {Told | null} withdrawal
 * @returns {Line[]}
 */
export function linesOf(found, withdrawal) {
  /** @type {[string, number][]} */
  const counts = [
    ['status.removed', found.removed],
    ['status.gone', found.already_gone],
    ['status.limited', found.limited],
    ['status.not-acted', found.not_acted],
    ['status.looking', found.looking],
  ];
  const lines = counts.filter(([, n]) => n > 0).map(([key, n]) => ({ key, values: { n } }));
  if (!lines.length) lines.push({ key: 'status.none', values: { n: 0 } });
  const month = found.last_month ?? '';
  const last = month ? [{ key: 'status.last', values: { month } }] : [];
  const told = withdrawal?.sites
    ? [{ key: 'status.told', values: { n: withdrawal.sites, m: withdrawal.confirmed } }]
    : [];
  return [...lines, ...last, ...told, { key: 'status.late', values: {} }];
}

/**
 * A button that is replaced by what it was asked for.
 * @param {Found} found
 * @param {Told | null} withdrawal
 */
export function sitesOnDemand(found, withdrawal) {
  const [place, button] = [document.createElement('div'), document.createElement('button')];
  button.type = 'button';
  button.id = 'sites';
  say(button, 'status.sites');
  button.addEventListener('click', () => {
    place.replaceChildren(...linesOf(found, withdrawal).map(paragraph));
    place.focus();
  });
  place.tabIndex = -1;
  place.append(button);
  return place;
}

/** @param {Line} line */
function paragraph({ key, values }) {
  const element = document.createElement('p');
  say(element, key, values);
  return element;
}
