// @ts-check
/** The case number, shown once: to write down, copy or print. */
import { part } from './screens.js';
import { sendRest } from './send-codes.js';
import { visit } from './visit.js';
import { hush, say } from './words.js';

/**
 * @param {() => void} clear drops the visit and goes to the start
 * @returns {Record<string, import('./screens.js').Screen>}
 */
export function showingCase(clear) {
  const rest = () => void sendRest();
  const paper = () => globalThis.print();
  return { case: { enter, acts: { pin: showPin, rest, copy: () => void copy(), print: paper, clear } } };
}

function enter() {
  const groups = visit.number.split('-');
  part('number').textContent = [groups.slice(0, 2), groups.slice(2)].map((two) => two.join('-')).join('\n');
  part('spelled').textContent = [...visit.number].filter((sign) => sign !== '-').join(' ');
  const last = /** @type {HTMLInputElement} */ (part('last'));
  last.addEventListener('input', () => compare(last.value.trim(), groups.at(-1) ?? ''));
  part('comparing').addEventListener('submit', (event) => event.preventDefault());
  visit.typed.number = visit.number;
  void sendRest(); // what an earlier try left; nothing where all has arrived
}

/** @param {string} typed @param {string} wanted */
function compare(typed, wanted) {
  if (typed.length < wanted.length) return hush(part('same'));
  const read = typed.toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1');
  say(part('same'), read === wanted ? 'case.last.ok' : 'case.last.no');
}

function showPin() {
  const shown = part('pin-again');
  shown.hidden = !shown.hidden;
  shown.textContent = visit.pin;
  const button = document.querySelector('main [data-do="pin"]');
  say(/** @type {HTMLElement} */ (button), shown.hidden ? 'pin.show' : 'pin.hide');
}

async function copy() {
  try {
    await navigator.clipboard.writeText(visit.number);
    say(part('copied'), 'case.copied');
  } catch {
    say(part('copied'), 'case.not-copied');
  }
}
