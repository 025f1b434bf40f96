// @ts-check
/** What is sent, exactly: codes in batches that the service takes, the same for a retry. */
import { randomKey, shuffled } from './randomness.js';

/** @typedef {import('./messages.js').Signature} Signature */
/**
 * @typedef {object} Plan
 * @property {string} key the same for every try, so that no try opens a second case
 * @property {readonly (readonly Signature[])[]} batches
 * @property {number} sent how many batches have arrived
 * @property {boolean} tried whether a first batch may have arrived
 */

const BATCH_BYTES = 15_000; // the service takes 16 KiB; the rest is for PIN and number
const DOTS = '••••••';

/**
 * @param {readonly Signature[]} signatures
 * @returns {Plan}
 */
export function planOf(signatures) {
  return { key: randomKey(), batches: batchesOf(shuffled(distinct(signatures))), sent: 0, tried: false };
}

/** @param {Plan} plan */
export function codesIn(plan) {
  return plan.batches.reduce((sum, batch) => sum + batch.length, 0);
}

/** @param {string} pin @param {readonly Signature[]} batch */
export function openingBody(pin, batch) {
  return { pin, signatures: batch };
}

/** @param {string} number @param {string} pin @param {readonly Signature[]} batch */
export function additionBody(number, pin, batch) {
  return { case_number: number, pin, signatures: batch };
}

/**
 * Every body as text, with dots for what is not known yet.
 * @param {Plan} plan
 */
export function shownBodies(plan) {
  const bodies = plan.batches.map((batch, place) =>
    place === 0 ? openingBody(DOTS, batch) : additionBody(DOTS, DOTS, batch),
  );
  return bodies.map((body) => JSON.stringify(body)).join('\n\n');
}

/**
 * @param {readonly Signature[]} signatures
 * @returns {string} the same for the same codes in any order
 */
export function fingerprint(signatures) {
  return signatures.map((one) => JSON.stringify(bare(one))).sort().join();
}

/** @param {readonly Signature[]} signatures @returns {Signature[]} */
function distinct(signatures) {
  const byText = new Map(signatures.map((one) => [JSON.stringify(bare(one)), bare(one)]));
  return [...byText.values()];
}

/**
 * Only what the service takes, whatever else a worker may have put beside it.
 * @param {Signature} signature
 * @returns {Signature}
 */
function bare({ region, pdq, dhash, quality }) {
  return { region, pdq, dhash, quality };
}

/** @param {readonly Signature[]} signatures @returns {Signature[][]} */
function batchesOf(signatures) {
  /** @type {Signature[][]} */
  const batches = [];
  let room = 0;
  for (const signature of signatures) {
    const bytes = JSON.stringify(signature).length + 1;
    if (bytes > room) {
      batches.push([]);
      room = BATCH_BYTES;
    }
    batches.at(-1)?.push(signature);
    room -= bytes;
  }
  return batches;
}
