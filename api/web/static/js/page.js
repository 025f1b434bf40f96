// @ts-check
/** Puts the page together: nothing happens here but wiring. */
import { dropRequests } from './case-client.js';
import { choosing } from './choose-photos.js';
import { guardLeaving } from './leave.js';
import { addScreens, followButtons, go, isShown, previous } from './screens.js';
import { sending } from './send-codes.js';
import { showingCase } from './show-case.js';
import { forgetVisit, isUnanswered } from './visit.js';
import { startWorker, stopWorker } from './worker-link.js';
import { nameOf, otherLanguage, say, speak } from './words.js';
import { returning } from './your-case.js';

const QUIET_MS = 10 * 60_000;
const PRIVATE = ['pin', 'case', 'status', 'withdraw'];

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

function forget() {
  dropRequests();
  stopWorker();
  forgetVisit();
}

function startOver() {
  forget();
  startWorker();
  go('lang');
}

/** @param {string} language */
function choose(language) {
  speak(language);
  say(element('exit'), 'exit');
  say(element('help'), 'help.title');
  element('safety').hidden = false;
  const [other, button] = [otherLanguage(), element('language')];
  button.textContent = nameOf(other);
  button.lang = other;
  button.hidden = false;
}

/** @param {string} language */
function begin(language) {
  choose(language);
  go('age-now');
}

function clearWhenQuiet() {
  let timer = 0;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => PRIVATE.some(isShown) && !isUnanswered() && startOver(), QUIET_MS);
  };
  for (const sign of ['pointerdown', 'keydown', 'input', 'scroll']) addEventListener(sign, restart);
  restart();
}

guardLeaving(forget);
addScreens({ ...choosing, ...sending, ...showingCase(startOver), ...returning });
addScreens({
  lang: { acts: { en: () => begin('en'), sw: () => begin('sw') } },
  withdrawn: { acts: { clear: startOver } },
  'safety-screen': { acts: { return: () => go(previous() || 'age-now') } },
});
element('language').addEventListener('click', () => choose(otherLanguage()));
followButtons();
clearWhenQuiet();
startWorker();
go('lang');
