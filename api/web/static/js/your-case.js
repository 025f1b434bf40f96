// @ts-check
/** A returning visitor: whether the codes are in use, and how to stop it. */
import { askStatus, withdraw } from './case-client.js';
import { go, isShown, part } from './screens.js';
import { readNumber, readPin } from './secrets.js';
import { troubleKey } from './send-codes.js';
import { sitesOnDemand } from './sites.js';
import { visit } from './visit.js';
import { hush, say } from './words.js';

/** @type {Record<string, import('./screens.js').Screen>} */
export const returning = {
  status: { enter: enterStatus, acts: { see, stop, back } },
  withdraw: { acts: { withdraw: () => void stopNow() } },
};
let asking = false;

/** @param {string} id */
function input(id) {
  return /** @type {HTMLInputElement} */ (part(id));
}

function enterStatus() {
  const [number, pin] = [input('number-typed'), input('pin-typed')];
  number.value = visit.typed.number;
  pin.value = visit.typed.pin;
  number.addEventListener('input', () => (visit.typed.number = number.value));
  pin.addEventListener('input', () => (visit.typed.pin = pin.value));
  part('asking').addEventListener('submit', (event) => {
    event.preventDefault();
    void check();
  });
}

function see() {
  const hidden = input('pin-typed').classList.toggle('hidden-signs');
  const button = document.querySelector('main [data-do="see"]');
  say(/** @type {HTMLElement} */ (button), hidden ? 'pin.show' : 'pin.hide');
}

function back() {
  go(visit.number ? 'case' : 'age-now');
}

/** What was typed, or null after saying what is wrong with it. */
function access() {
  const { number, pin } = visit.typed;
  const [case_number, read] = [readNumber(number), readPin(pin)];
  if (isShown('status')) part('state').replaceChildren();
  hush(part('problem'));
  if (case_number && read) return { case_number, pin: read };
  say(part('problem'), case_number ? 'err.pin' : 'err.number');
  input(case_number ? 'pin-typed' : 'number-typed').focus();
  return null;
}

async function check() {
  const wanted = access();
  const answer = wanted && (await ask('status', () => askStatus(wanted)));
  if (!answer) return;
  const inUse = answer.body.status === 'active';
  const [first, second] = [document.createElement('p'), document.createElement('p')];
  say(first, inUse ? 'status.on' : 'status.off');
  first.className = 'strong';
  if (inUse) say(second, 'status.codes', { n: answer.body.signatures });
  const { found, withdrawal } = answer.body;
  part('state').replaceChildren(first, second, sitesOnDemand(found, withdrawal));
}

function stop() {
  if (access()) go('withdraw');
}

async function stopNow() {
  const wanted = access();
  const answer = wanted && (await ask('withdraw', () => withdraw(wanted)));
  if (answer) go('withdrawn');
}

/**
 * Ask once at a time; says what went wrong.
 * @param {string} screen where the answer belongs
 * @param {() => Promise<import('./case-client.js').Answer>} request
 */
async function ask(screen, request) {
  if (asking) return null;
  asking = true;
  say(waiting(), 'status.asking');
  const answer = await request();
  asking = false;
  if (!isShown(screen)) return null;
  part('state').replaceChildren();
  if (!answer.trouble) return answer;
  say(part('problem'), troubleKey(answer.trouble), { n: answer.minutes });
  return null;
}

function waiting() {
  const line = document.createElement('p');
  part('state').replaceChildren(line);
  return line;
}
