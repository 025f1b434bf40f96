// @ts-check
/** The page's end of the line to the worker that sees photos. The page never reads one. */

/** @typedef {import('./messages.js').Signature} Signature */
/** @typedef {import('./messages.js').ToPage} ToPage */
/** @typedef {'fit' | 'unfit' | 'lost'} Fitness whether this browser leaves pixels alone, or who knows */
/** @typedef {{signatures: Signature[]} | {reason: string}} Outcome */

const WORKER = '/static/js/signature-worker.js';
const HEIC_WORKER = '/static/js/heic-worker.js'; // large, so on request alone
/** @type {Map<string, Worker>} */
const workers = new Map();
/** @type {((share: number) => void)} */
let onShare = () => {};
/** @type {((fitness: Fitness) => void)[]} */
let checks = [];
/** @type {((solved: string | null) => void)[]} */
const sums = [];
/** @type {Map<number, {resolve: (outcome: Outcome) => void, address: string}>} */
const asked = new Map();
let lastId = 0;

/** @typedef {{createPolicy: (name: string, rules: object) => {createScriptURL: (address: string) => unknown}}} Factory */
const factory = /** @type {{trustedTypes?: Factory}} */ (globalThis).trustedTypes;
// The two addresses that may become code here; Trusted Types refuse every other way.
const policy = factory?.createPolicy('app', {
  createScriptURL: (/** @type {string} */ address) => {
    if (address !== WORKER && address !== HEIC_WORKER) throw new TypeError('not our worker');
    return address;
  },
});

/** Load the worker and all it needs, while there is a network. */
export function startWorker() {
  workerAt(WORKER);
}

/** @param {string} address @returns {Worker} */
function workerAt(address) {
  const running = workers.get(address);
  if (running) return running;
  const script = /** @type {string} */ (policy?.createScriptURL(address) ?? address);
  const worker = new Worker(script, { type: 'module' });
  worker.addEventListener('message', (event) => hear(event.data));
  worker.addEventListener('error', () => failed(address));
  workers.set(address, worker);
  return worker;
}

/** End them, with every photo they hold. */
export function stopWorker() {
  for (const worker of workers.values()) worker.terminate();
  workers.clear();
  checks = [];
  asked.clear();
  sums.splice(0).forEach((resolve) => resolve(null));
}

/**
 * Hash a known photo; `lost` where the worker did not load or died.
 * @returns {Promise<Fitness>}
 */
export function checkBrowser() {
  return new Promise((resolve) => {
    checks.push(resolve);
    workerAt(WORKER).postMessage({ type: 'check' });
  });
}

/**
 * Solve what the service asks for; null where it cannot be solved.
 * @param {import('./case-client.js').Work} work
 * @returns {Promise<string | null>}
 */
export function solve({ challenge, bits }) {
  return new Promise((resolve) => {
    sums.push(resolve);
    workerAt(WORKER).postMessage({ type: 'solve', challenge, bits });
  });
}

/**
 * @param {Blob} file
 * @param {(share: number) => void} progress 0 to 1
 * @param {{heic: boolean}} kind `heic`: with the decoder that is downloaded for it
 * @returns {Promise<Outcome>}
 */
export function hashPhoto(file, progress, { heic }) {
  const id = (lastId += 1);
  const address = heic ? HEIC_WORKER : WORKER;
  onShare = progress;
  return new Promise((resolve) => {
    asked.set(id, { resolve, address });
    workerAt(address).postMessage({ type: 'hash', id, file });
  });
}

/** @param {ToPage} message */
function hear(message) {
  if (message.type === 'checked') {
    const fitness = message.ok ? 'fit' : 'unfit';
    checks.splice(0).forEach((resolve) => resolve(fitness));
  } else if (message.type === 'solved') {
    sums.shift()?.(message.solved);
  } else if (message.type === 'progress') {
    if (message.id === lastId) onShare(message.share);
  } else finish(message.id, message.type === 'hashed' ? message : { reason: message.reason });
}

/** @param {number} id @param {Outcome} outcome */
function finish(id, outcome) {
  asked.get(id)?.resolve(outcome);
  asked.delete(id);
}

/**
 * A worker died: too old a browser, no memory, or no network to load it.
 * @param {string} address
 */
function failed(address) {
  workers.get(address)?.terminate();
  workers.delete(address);
  if (address === WORKER) {
    checks.splice(0).forEach((resolve) => resolve('lost'));
    sums.splice(0).forEach((resolve) => resolve(null));
  }
  const reason = address === WORKER ? 'internal' : 'heic';
  for (const [id, one] of [...asked]) if (one.address === address) finish(id, { reason });
}
