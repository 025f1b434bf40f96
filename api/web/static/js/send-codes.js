// @ts-check
/** Review, PIN, send: what is shown is what leaves, and no try opens a second case. */
import { addSignatures, mayHaveArrived } from './case-client.js';
import { openAfterWork } from './opening.js';
import { additionBody, codesIn, openingBody, shownBodies } from './plans.js';
import { listProblems, photoProblems } from './problems.js';
import { go, isShown, part } from './screens.js';
import { isSimple, randomPin, readNumber, readPin } from './secrets.js';
import { goodPhotos, visit } from './visit.js';
import { hush, say } from './words.js';

/** @typedef {import('./plans.js').Plan} Plan */
/** @type {Plan | null} the plan whose batches are on their way */
let underWay = null;

/** @type {Record<string, import('./screens.js').Screen>} */
export const sending = {
  review: { enter: enterReview },
  nothing: { enter: () => listProblems(part('problems'), photoProblems()) },
  pin: { enter: enterPin, acts: { another } },
};

function enterReview() {
  const plan = /** @type {Plan} */ (visit.plan);
  say(part('count'), 'review.count', { photos: goodPhotos().length, codes: codesIn(plan) });
  listProblems(part('problems'), photoProblems());
  part('left-out').hidden = photoProblems().length === 0;
  part('bodies').textContent = shownBodies(plan);
}

function pinInput() {
  return /** @type {HTMLInputElement} */ (part('pin-typed'));
}

function enterPin() {
  visit.pin ||= randomPin();
  pinInput().value = visit.pin;
  pinInput().addEventListener('input', () => {
    visit.pin = pinInput().value;
    hush(part('problem'));
  });
  part('sending').addEventListener('submit', (event) => {
    event.preventDefault();
    void send();
  });
  showState();
}

function another() {
  visit.pin = randomPin();
  pinInput().value = visit.pin;
  hush(part('problem'));
}

async function send() {
  const plan = /** @type {Plan} */ (visit.plan);
  const pin = readPin(pinInput().value);
  if (!pin || isSimple(pin)) return refuse(pin ? 'err.pin.simple' : 'err.pin');
  if (underWay) return;
  visit.pin = pin;
  hush(part('problem'));
  underWay = plan;
  showState();
  const answer = await openAfterWork(openingBody(pin, plan.batches[0] ?? []), plan.key, sayWorking);
  underWay = null;
  if (visit.plan !== plan) return; // she left, or went back to the start
  const number = answer.trouble ? null : readNumber(String(answer.body?.case_number));
  if (number) return opened(plan, number);
  const trouble = answer.trouble ?? 'server';
  plan.tried ||= mayHaveArrived(trouble);
  if (!isShown('pin')) return;
  showState();
  say(part('problem'), troubleKey(trouble), { n: answer.trouble ? answer.minutes : 0 });
}

function sayWorking() {
  if (isShown('pin')) say(part('state'), 'send.work');
}

/** @param {string} key */
function refuse(key) {
  say(part('problem'), key);
  pinInput().focus();
}

/** Once a try may have arrived, PIN and photos stay as they are: the next try must be the same. */
function showState() {
  const [sent, tried] = [Boolean(underWay), Boolean(visit.plan?.tried)];
  pinInput().readOnly = sent || tried;
  for (const selector of ['[data-do="another"]', '[data-go="review"]', '#airplane', '#pin-own']) {
    const element = document.querySelector(`main ${selector}`);
    if (element instanceof HTMLElement) element.hidden = sent || tried;
  }
  const button = /** @type {HTMLButtonElement} */ (document.querySelector('main [type="submit"]'));
  button.disabled = sent;
  say(button, tried ? 'again' : 'send');
  if (sent) say(part('state'), 'send.now');
  else if (tried) say(part('state'), 'send.safe');
  else hush(part('state'));
}

/** @param {Plan} plan @param {string} number */
function opened(plan, number) {
  visit.number = number;
  plan.sent = 1;
  go('case');
  void sendRest();
}

/** Send the batches after the first; a batch that arrives twice is held once. */
export async function sendRest() {
  const plan = /** @type {Plan} */ (visit.plan);
  if (underWay) return;
  underWay = plan;
  while (visit.plan === plan && plan.sent < plan.batches.length) {
    const place = { n: plan.sent + 1, m: plan.batches.length };
    tellRest('case.part', place);
    const batch = plan.batches[plan.sent] ?? [];
    const answer = await addSignatures(additionBody(visit.number, visit.pin, batch));
    if (visit.plan !== plan) break;
    if (answer.trouble) {
      tellRest(answer.trouble === 'full' ? 'err.full' : 'case.part.lost', place);
      break;
    }
    plan.sent += 1;
  }
  underWay = null;
  if (visit.plan === plan && plan.sent === plan.batches.length) tellRest('case.in', {});
}

/** @param {string} key @param {import('./words.js').Values} values */
function tellRest(key, values) {
  if (!isShown('case')) return;
  say(part('state'), key, values);
  const button = document.querySelector('main [data-do="rest"]');
  if (button instanceof HTMLElement) button.hidden = key !== 'case.part.lost';
}

/**
 * The phrase for what went wrong.
 * @param {import('./case-client.js').Trouble} trouble
 */
export function troubleKey(trouble) {
  const keys = {
    lost: 'err.lost',
    server: 'err.server',
    busy: 'err.busy',
    wait: 'err.wait',
    work: 'err.work',
    'no-case': 'err.no-case',
    closed: 'status.off',
    full: 'err.full',
    refused: 'err.refused',
  };
  return keys[trouble];
}
