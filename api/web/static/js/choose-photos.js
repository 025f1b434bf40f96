// @ts-check
/** From the limits to the codes: choose photos, hash them one after the other. */
import { codesIn, fingerprint, planOf } from './plans.js';
import { listProblems } from './problems.js';
import { go, isShown, part } from './screens.js';
import { goodPhotos, visit } from './visit.js';
import { checkBrowser, hashPhoto } from './worker-link.js';
import { hush, platforms, say } from './words.js';

/** @typedef {import('./visit.js').Photo} Photo */

const MAX_PHOTOS = 20;
const HEIC_MB = 1; // what travels of the decoder, packed and rounded up
const VIDEO = /\.(?:mp4|m4v|mov|3gp|3g2|webm|mkv|avi|wmv|mpe?g)$/i;
const PHOTO = /\.(?:jpe?g|png|webp|avif|hei[cf])$/i;
let run = 0; // a stopped run finds another number here and ends

/** @type {Record<string, import('./screens.js').Screen>} */
export const choosing = {
  limits: { enter: enterLimits },
  choose: { enter: enterChoose, acts: { start: () => go('work') } },
  work: { enter: () => void work() },
  heic: {
    enter: () => say(part('ask'), 'heic.ask', { n: HEIC_MB }),
    acts: { yes: () => decideHeic(true), no: () => decideHeic(false) },
  },
};

async function enterLimits() {
  if (platforms.length) say(part('sites'), 'can.sites', { names: platforms.join(', ') });
  const fitness = await checkBrowser();
  if (!isShown('limits')) return;
  const keys = { fit: 'check.ok', unfit: 'fail.falsified', lost: 'check.lost' };
  say(part('check'), keys[fitness]);
  part('check').classList.toggle('problem', fitness !== 'fit');
  part('once-more').hidden = fitness !== 'lost';
  /** @type {HTMLButtonElement} */ (part('further')).disabled = fitness !== 'fit';
}

function enterChoose() {
  run += 1;
  visit.plan = null;
  const input = /** @type {HTMLInputElement} */ (part('files'));
  input.addEventListener('change', () => {
    add([...(input.files ?? [])]);
    input.value = ''; // the browser shall hold neither file nor name
  });
  list();
}

/** @param {File[]} files */
function add(files) {
  const problems = new Set();
  for (const file of files) {
    const problem = problemOf(file);
    if (problem) problems.add(problem);
    else visit.photos.push({ file, signatures: null, reason: null });
  }
  if (problems.has('err.video')) problems.add('err.video.next');
  tell([...problems].map((key) => ({ key, values: { max: MAX_PHOTOS } })));
  list();
}

/** @param {File} file @returns {string | null} why it is left out */
function problemOf(file) {
  // Some phones give files no type; the end of the name is read here and nowhere else.
  if (file.type.startsWith('video/') || VIDEO.test(file.name)) return 'err.video';
  if (!file.type.startsWith('image/') && !PHOTO.test(file.name)) return 'err.not-a-photo';
  if (file.size === 0) return 'err.empty';
  if (visit.photos.some((photo) => isSameFile(photo.file, file))) return 'err.same';
  return visit.photos.length >= MAX_PHOTOS ? 'err.many' : null;
}

/** @param {File} one @param {File} other */
function isSameFile(one, other) {
  const sameDate = one.lastModified === other.lastModified;
  return one.name === other.name && one.size === other.size && sameDate;
}

/** @param {import('./problems.js').Problem[]} problems */
function tell(problems) {
  listProblems(part('problems'), problems);
}

/** Show what is chosen: a number and a size, never a name, never a picture. */
function list() {
  const some = visit.photos.length > 0;
  if (some) say(part('count'), 'choose.count', { n: visit.photos.length, max: MAX_PHOTOS });
  else hush(part('count'));
  startButton().hidden = !some;
  say(part('open'), some ? 'choose.more' : 'choose.open');
  part('photos').replaceChildren(...visit.photos.map(entryOf));
}

function startButton() {
  return /** @type {HTMLElement} */ (document.querySelector('main [data-do="start"]'));
}

/** @param {Photo} photo @param {number} place */
function entryOf(photo, place) {
  const [entry, name, button] = ['li', 'span', 'button'].map((tag) => document.createElement(tag));
  const size = Math.max(0.1, photo.file.size / 1e6).toFixed(1);
  say(/** @type {HTMLElement} */ (name), 'choose.photo', { n: place + 1, size });
  say(/** @type {HTMLElement} */ (button), 'choose.remove', { n: place + 1 });
  button?.setAttribute('type', 'button');
  button?.addEventListener('click', () => {
    visit.photos = visit.photos.filter((other) => other !== photo);
    tell([]);
    list();
    part('files').focus();
  });
  entry?.append(/** @type {Node} */ (name), /** @type {Node} */ (button));
  return /** @type {HTMLElement} */ (entry);
}


async function work() {
  const mine = (run += 1);
  const total = visit.photos.length;
  for (const [place, photo] of visit.photos.entries()) {
    if (photo.signatures) continue;
    if (isShown('work')) say(part('on'), 'work.on', { n: place + 1, m: total });
    const heic = photo.reason === 'heic' && visit.heic === true;
    const progress = (/** @type {number} */ share) => advance(mine, (place + share) / total);
    const outcome = await hashPhoto(photo.file, progress, { heic });
    if (mine !== run) return;
    photo.signatures = 'signatures' in outcome ? outcome.signatures : null;
    photo.reason = 'reason' in outcome ? outcome.reason : null;
  }
  if (visit.heic === null && visit.photos.some((photo) => photo.reason === 'heic')) {
    return isShown('work') ? go('heic') : undefined;
  }
  leaveOutTwins();
  const fitness = await checkBrowser(); // once more: settings may have changed meanwhile
  if (mine === run) finish(fitness !== 'unfit');
}

/** @param {boolean} wanted */
function decideHeic(wanted) {
  visit.heic = wanted;
  go('work');
}

/** @param {number} mine @param {number} share */
function advance(mine, share) {
  if (mine !== run || !isShown('work')) return;
  /** @type {HTMLProgressElement} */ (part('share')).value = share;
}

/** The same photo saved twice: its codes go out once. */
function leaveOutTwins() {
  const seen = new Set();
  for (const photo of visit.photos) {
    const print = photo.signatures && fingerprint(photo.signatures);
    if (print && seen.has(print)) photo.reason = 'same';
    else if (print) photo.reason = null;
    seen.add(print);
  }
}

/** @param {boolean} fit */
function finish(fit) {
  if (!fit) visit.photos.forEach((photo) => Object.assign(photo, { signatures: null, reason: 'falsified' }));
  visit.plan = planOf(goodPhotos().flatMap((photo) => photo.signatures ?? []));
  // Somebody who reads about safety meanwhile comes back to `work`, and from there to here.
  if (isShown('work')) go(codesIn(visit.plan) ? 'review' : 'nothing');
}
