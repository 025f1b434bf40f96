// @ts-check
/**
 * What both workers do with messages: photos in, signatures out, one photo at a time. See
 * `messages.js`.
 */

import { enrolmentSignatures } from './enrolment.js';
import { PhotoError, Reason } from './messages.js';
import { isOfMemory } from './photo-limits.js';
import { solution } from './work.js';

/** @typedef {import('./messages.js').HashPhoto} HashPhoto */
/** @typedef {import('./messages.js').ToPage} ToPage */
/** @typedef {import('./messages.js').ToWorker} ToWorker */

/**
 * How a worker reads photos, and whether what it reads can be trusted.
 * @typedef {object} Reader
 * @property {(file: Blob) => Promise<import('./pixels.js').Pixels & {close: () => void}>} open
 * @property {() => Promise<boolean>} leavesPixelsAlone nothing is hashed before it said yes
 */

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

/**
 * Answer the page from now on; once all modules are loaded.
 * @param {Reader} reader
 */
export function serve(reader) {
  closeWaysOut();
  /** What is being worked on; everything that comes is put behind it. */
  let queue = Promise.resolve();
  /** Whether the known photo came out right the last time; null before the first. */
  let trusted = /** @type {boolean | null} */ (null);

  addEventListener('message', (/** @type {MessageEvent<ToWorker>} */ { data }) => {
    queue = queue.then(() => answer(data));
  });

  /** @param {ToWorker} wish */
  async function answer(wish) {
    if (wish.type === 'check') await check();
    else if (wish.type === 'hash') await hash(wish);
    else send({ type: 'solved', solved: solution(wish.challenge, wish.bits) });
  }

  async function check() {
    trusted = await reader.leavesPixelsAlone();
    send({ type: 'checked', ok: trusted });
  }

  /** @param {HashPhoto} wish */
  async function hash({ id, file }) {
    trusted ??= await reader.leavesPixelsAlone();
    try {
      if (!trusted) throw new PhotoError(Reason.FALSIFIED);
      send({ type: 'hashed', id, signatures: await signaturesOf(reader, file, progressOf(id)) });
    } catch (error) {
      send({ type: 'failed', id, reason: reasonOf(error) });
    }
  }
}

/**
 * @param {Reader} reader
 * @param {Blob} file
 * @param {(share: number) => void} report
 */
async function signaturesOf(reader, file, report) {
  report(0);
  const photo = await reader.open(file);
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
  return isOfMemory(error) ? Reason.MEMORY : Reason.INTERNAL;
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
