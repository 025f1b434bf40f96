// @ts-check
/** PDQ: which of 256 low frequencies of the luma are above their median. */

import { SIDE } from './luma.js';
import { hexOf } from './bits.js';

const FREQUENCIES = 16;
const BITS = FREQUENCIES ** 2;

/** (16, 64): the cosine transform without its constant term. */
const COSINES = Float32Array.from({ length: FREQUENCIES * SIDE }, (_, place) => {
  const frequency = Math.floor(place / SIDE) + 1;
  return Math.sqrt(2 / SIDE) * Math.cos((Math.PI / (2 * SIDE)) * frequency * (2 * (place % SIDE) + 1));
});

/**
 * The hash of a luma.
 * @param {Float32Array} luma (64, 64)
 * @returns {string} 64 lower-case hexadecimal digits
 */
export function pdq(luma) {
  const frequencies = transformed(luma);
  // The lower median: with the upper one every hash differs in exactly one bit.
  const median = Float64Array.from(frequencies).sort()[BITS / 2 - 1];
  // The last bit is printed first.
  return hexOf(Array.from(frequencies, (frequency) => frequency > median).reverse());
}

/**
 * @param {Float32Array} luma
 * @returns {Float64Array} (16, 16)
 */
function transformed(luma) {
  const down = new Float64Array(FREQUENCIES * SIDE);
  for (let i = 0; i < FREQUENCIES; i++) {
    for (let y = 0; y < SIDE; y++) {
      const weight = COSINES[i * SIDE + y];
      for (let x = 0; x < SIDE; x++) down[i * SIDE + x] += weight * luma[y * SIDE + x];
    }
  }
  return Float64Array.from({ length: BITS }, (_, place) => {
    const i = Math.floor(place / FREQUENCIES);
    const j = place % FREQUENCIES;
    let sum = 0;
    for (let x = 0; x < SIDE; x++) sum += down[i * SIDE + x] * COSINES[j * SIDE + x];
    return sum;
  });
}
