// @ts-check
/** The four requests that this page can make. Number and PIN travel in bodies alone. */

const TIMEOUT_MS = 60_000;
/** @typedef {'lost' | 'server' | 'busy' | 'wait' | 'work' | 'no-case' | 'closed' | 'full' | 'refused'} Trouble */
/** @typedef {{challenge: string, bits: number}} Work what the service wants solved first */
/** @typedef {{trouble?: undefined, body: any} | {trouble: Trouble, minutes: number, work?: Work}} Answer */
/** @type {Record<number, Trouble>} */
const TROUBLES = { 404: 'no-case', 409: 'closed', 429: 'wait', 503: 'busy' };
/** @type {Set<AbortController>} */
const running = new Set();

/** Drop every request that is under way. */
export function dropRequests() {
  for (const controller of running) controller.abort();
}

/** @param {object} body @param {string} key @param {string} [solved] the work that was asked for */
export function openCase(body, key, solved) {
  return post('/v1/cases', body, { 'Idempotency-Key': key, ...(solved && { Work: solved }) });
}

/** @param {object} body */
export function addSignatures(body) {
  return post('/v1/cases/signatures', body);
}

/** @param {{case_number: string, pin: string}} access */
export function askStatus(access) {
  return post('/v1/cases/status', access);
}

/** @param {{case_number: string, pin: string}} access */
export function withdraw(access) {
  return post('/v1/cases/withdraw', access);
}

/**
 * Whether a request with this answer may have been carried out all the same.
 * @param {Trouble} trouble
 */
export function mayHaveArrived(trouble) {
  return trouble === 'lost' || trouble === 'server' || trouble === 'busy';
}

/**
 * @param {string} path
 * @param {object} body
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Answer>}
 */
async function post(path, body, headers = {}) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS);
  running.add(controller);
  try {
    return await read(await fetch(path, options(body, headers, controller.signal)));
  } catch {
    return { trouble: 'lost', minutes: 0 };
  } finally {
    clearTimeout(timer);
    running.delete(controller);
  }
}

/**
 * @param {object} body
 * @param {Record<string, string>} headers
 * @param {AbortSignal} signal
 * @returns {RequestInit}
 */
function options(body, headers, signal) {
  return {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    cache: 'no-store',
    redirect: 'error',
    signal,
  };
}

/** @param {Response} response @returns {Promise<Answer>} */
async function read(response) {
  if (response.ok) return { body: response.status === 204 ? null : await response.json() };
  const seconds = Number(response.headers.get('Retry-After') ?? 60);
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  const { type, work } = await problem(response);
  if (response.status === 422 && type === '/problems/too-many-signatures') {
    return { trouble: 'full', minutes };
  }
  if (type === '/problems/work-needed') return { trouble: 'work', minutes, work };
  const other = response.status >= 500 ? 'server' : 'refused';
  return { trouble: TROUBLES[response.status] ?? other, minutes };
}

/**
 * What the service says of a refusal; a proxy between may say nothing that can be read.
 * @param {Response} response
 * @returns {Promise<{type?: string, work?: Work}>}
 */
async function problem(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}
