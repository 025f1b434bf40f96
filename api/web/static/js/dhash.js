// @ts-check
/** dHash: where the luma gets brighter from left to right, 16 rows of 16 steps. */

import { SIDE } from './luma.js';
import { hexOf } from './bits.js';

const ROWS = 16;
const COLUMNS = 17;
/** Grey levels. Without it float noise decides in flat areas: 8 bits on a white border. */
const MARGIN = 1 / 64;

const DOWN = areaMean(ROWS);
const ACROSS = areaMean(COLUMNS);

/**
 * Means of equal shares of 64 neighbours, parts of a neighbour included.
 * @param {number} samples
 * @returns {Float32Array[]} (samples, 64)
 */
function areaMean(samples) {
  return Array.from({ length: samples }, (_, sample) => {
    const start = (sample * SIDE) / samples;
    const stop = start + SIDE / samples;
    return Float32Array.from({ length: SIDE }, (__, place) => {
      const overlap = Math.min(stop, place + 1) - Math.max(start, place);
      return (Math.max(overlap, 0) * samples) / SIDE;
    });
  });
}

/**
 * The hash of a luma.
 * @param {Float32Array} luma (64, 64)
 * @returns {string} 64 lower-case hexadecimal digits
 */
export function dhash(luma) {
  return hexOf(DOWN.flatMap((weights) => brighter(ACROSS.map(meansOf(summed(luma, weights))))));
}

/**
 * @param {Float32Array} luma
 * @param {Float32Array} weights one for each row
 * @returns {Float64Array} (64)
 */
function summed(luma, weights) {
  const sums = new Float64Array(SIDE);
  for (let place = 0; place < luma.length; place++) {
    sums[place % SIDE] += weights[Math.floor(place / SIDE)] * luma[place];
  }
  return sums;
}

/**
 * @param {Float64Array} row
 * @returns {(weights: Float32Array) => number}
 */
const meansOf = (row) => (weights) =>
  weights.reduce((sum, weight, place) => sum + weight * row[place], 0);

/**
 * @param {readonly number[]} means (17)
 * @returns {boolean[]} (16)
 */
const brighter = (means) => means.slice(1).map((mean, place) => mean - means[place] > MARGIN);
