// @ts-check
/** What one region of a photo leaves, and whether it is fit to be listed. */

import { popcount } from './bits.js';
import { dhash } from './dhash.js';
import { SIDE } from './luma.js';
import { pdq } from './pdq.js';

/** @typedef {import('./messages.js').Signature} Signature */

/** A sound PDQ has 128 set bits: it splits at its own median. Ties mean a flat picture. */
const PDQ_POPCOUNT = [112, 144];
/** Outside, the picture is a one-way gradient and its dHash says nothing. */
const DHASH_POPCOUNT = [32, 224];
/** Below: black, blank or flat; nothing to find again. */
const MIN_QUALITY = 10;
/** An anchor below it is dark, blurred or blank: left out. */
const MIN_ANCHOR_QUALITY = 50;
const MAX_QUALITY = 100;

/**
 * Both hashes and the quality of a region.
 * @param {Signature['region']} region
 * @param {Float32Array} luma (64, 64)
 * @returns {Signature}
 */
export function signatureOf(region, luma) {
  const gradients = dhash(luma);
  return {
    region,
    pdq: pdq(luma),
    dhash: within(popcount(gradients), DHASH_POPCOUNT) ? gradients : null,
    quality: quality(luma),
  };
}

/**
 * Judge a signature before it is sent; the server asks the same question.
 * @param {Signature} signature
 */
export function isFit(signature) {
  const least = signature.region === 'anchor' ? MIN_ANCHOR_QUALITY : MIN_QUALITY;
  return signature.quality >= least && within(popcount(signature.pdq), PDQ_POPCOUNT);
}

/**
 * @param {number} number
 * @param {readonly number[]} range both ends included
 */
const within = (number, [least, most]) => least <= number && number <= most;

/**
 * How much detail a luma has: PDQ's measure, the sum of steps between neighbours.
 * @param {Float32Array} luma (64, 64)
 * @returns {number} 0 to 100
 */
export function quality(luma) {
  let steps = 0;
  for (let place = 0; place < luma.length; place++) {
    if ((place + 1) % SIDE) steps += step(luma[place], luma[place + 1]);
    if (place + SIDE < luma.length) steps += step(luma[place], luma[place + SIDE]);
  }
  return Math.min(MAX_QUALITY, Math.floor(steps / 90));
}

/**
 * Rounded to single precision after every operation, as the reference does.
 * @param {number} one
 * @param {number} next
 */
function step(one, next) {
  const hundredfold = Math.fround(Math.fround(next - one) * 100);
  return Math.abs(Math.trunc(Math.fround(hundredfold / 255)));
}
