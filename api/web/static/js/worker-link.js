// @ts-check
/** The page's end of the line to the worker that sees photos. The page never reads one. */

/** @typedef {import('./messages.js').Signature} Signature */
/** @typedef {import('./messages.js').ToPage} ToPage */
/** @typedef {'fit' | 'unfit' | 'lost'} Fitness whether this browser leaves pixels alone, or who knows */
/** @typedef {{signatures: Signature[]} | {reason: string}} Outcome */

const WORKER = '/static/js/signature-worker.js';
/** @type {Worker | null} */
let worker = null;
/** @type {((share: number) => void)} */
let onShare = () => {};
/** @type {((fitness: Fitness) => void)[]} */
let checks = [];
/** @type {Map<number, (outcome: Outcome) => void>} */
const asked = new Map();
let lastId = 0;

/** @typedef {{createPolicy: (name: string, rules: object) => {createScriptURL: (address: string) => unknown}}} Factory */
const factory = /** @type {{trustedTypes?: Factory}} */ (globalThis).trustedTypes;
// The one address that may become code here; Trusted Types refuse every other way.
const policy = factory?.createPolicy('app', {
  createScriptURL: (/** @type {string} */ address) => {
    if (address !== WORKER) throw new TypeError('not our worker');
    return address;
  },
});

/** Load the worker and all it needs, while there is a network. */
export function startWorker() {
  if (worker) return;
  const address = /** @type {string} */ (policy?.createScriptURL(WORKER) ?? WORKER);
  worker = new Worker(address, { type: 'module' });
  worker.addEventListener('message', (event) => hear(event.data));
  worker.addEventListener('error', failed);
}

/** End it, with every photo it holds. */
export function stopWorker() {
  worker?.terminate();
  worker = null;
  checks = [];
  asked.clear();
}

/**
 * Hash a known photo; `lost` where the worker did not load or died.
 * @returns {Promise<Fitness>}
 */
export function checkBrowser() {
  startWorker();
  return new Promise((resolve) => {
    checks.push(resolve);
    worker?.postMessage({ type: 'check' });
  });
}

/**
 * @param {Blob} file
 * @param {(share: number) => void} progress 0 to 1
 * @returns {Promise<Outcome>}
 */
export function hashPhoto(file, progress) {
  startWorker();
  const id = (lastId += 1);
  onShare = progress;
  return new Promise((resolve) => {
    asked.set(id, resolve);
    worker?.postMessage({ type: 'hash', id, file });
  });
}

/** @param {ToPage} message */
function hear(message) {
  if (message.type === 'checked') {
    const fitness = message.ok ? 'fit' : 'unfit';
    checks.splice(0).forEach((resolve) => resolve(fitness));
  } else if (message.type === 'progress') {
    if (message.id === lastId) onShare(message.share);
  } else finish(message.id, message.type === 'hashed' ? message : { reason: message.reason });
}

/** @param {number} id @param {Outcome} outcome */
function finish(id, outcome) {
  asked.get(id)?.(outcome);
  asked.delete(id);
}

/** The worker died: too old a browser, no memory, or no network to load it. */
function failed() {
  const [waiting, ids] = [checks, [...asked.keys()]];
  worker?.terminate();
  worker = null;
  checks = [];
  waiting.forEach((resolve) => resolve('lost'));
  ids.forEach((id) => finish(id, { reason: 'internal' }));
}
