// @ts-check
/**
 * The worker: photos in, signatures out, one photo at a time. See `messages.js`.
 *
 * Nothing is hashed before the known photo has come out right.
 */

import { enrolmentSignatures } from './enrolment.js';
import { leavesPixelsAlone } from './known-answer.js';
import { PhotoError, Reason } from './messages.js';
import { openPhoto } from './photo.js';

/** @typedef {import('./messages.js').HashPhoto} HashPhoto */
/** @typedef {import('./messages.js').ToPage} ToPage */
/** @typedef {import('./messages.js').ToWorker} ToWorker */

/** Of the time a photo takes: opening it. */
const OPENING = 0.2;
/** Of the same: smaller steps are not worth a message. */
const LEAST_STEP = 0.02;

/** A worker's means to send anything anywhere but to its page. */
const WAYS = [
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'WebSocketStream',
  'EventSource',
  'WebTransport',
  'importScripts',
  'BroadcastChannel',
  'indexedDB',
  'caches',
  'Worker',
  'SharedWorker',
];

/** What is being worked on; everything that comes is put behind it. */
let queue = Promise.resolve();
/** Whether the known photo came out right the last time; null before the first. */
let trusted = /** @type {boolean | null} */ (null);

closeWaysOut();
addEventListener('message', (/** @type {MessageEvent<ToWorker>} */ { data }) => {
  queue = queue.then(() => (data.type === 'check' ? check() : hash(data)));
});

async function check() {
  trusted = await leavesPixelsAlone();
  send({ type: 'checked', ok: trusted });
}

/** @param {HashPhoto} wish */
async function hash({ id, file }) {
  trusted ??= await leavesPixelsAlone();
  try {
    if (!trusted) throw new PhotoError(Reason.FALSIFIED);
    send({ type: 'hashed', id, signatures: await signaturesOf(file, progressOf(id)) });
  } catch (error) {
    send({ type: 'failed', id, reason: reasonOf(error) });
  }
}

/**
 * @param {Blob} file
 * @param {(share: number) => void} report
 */
async function signaturesOf(file, report) {
  report(0);
  const photo = await openPhoto(file);
  try {
    return enrolmentSignatures(photo, (share) => report(OPENING + share * (1 - OPENING)));
  } finally {
    photo.close();
  }
}

/**
 * Tells the page how far a photo is.
 * @param {number} id
 */
function progressOf(id) {
  let last = -1;
  return (/** @type {number} */ share) => {
    if (share < 1 && share - last < LEAST_STEP) return;
    last = share;
    send({ type: 'progress', id, share });
  };
}

/**
 * @param {unknown} error
 * @returns {import('./messages.js').ReasonCode}
 */
function reasonOf(error) {
  if (error instanceof PhotoError) return error.reason;
  return error instanceof RangeError ? Reason.MEMORY : Reason.INTERNAL;
}

/** @param {ToPage} message */
function send(message) {
  postMessage(message);
}

/**
 * Once all modules are loaded; it cannot be undone. This is the second net: the first is the
 * Content-Security-Policy that the worker is served with.
 */
function closeWaysOut() {
  for (let scope = globalThis; scope; scope = Object.getPrototypeOf(scope)) {
    for (const name of WAYS) {
      if (scope === globalThis || Object.hasOwn(scope, name)) hide(scope, name);
    }
  }
}

/**
 * @param {object} scope
 * @param {string} name
 */
function hide(scope, name) {
  Object.defineProperty(scope, name, { value: undefined, writable: false, configurable: false });
}
