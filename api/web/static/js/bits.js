// @ts-check
/** Bits of a hash, and the hexadecimal digits they are written in. */

/**
 * Four bits to a digit, the first bit being the highest.
 * @param {readonly boolean[]} bits a multiple of four
 * @returns {string} lower-case
 */
export function hexOf(bits) {
  let digits = '';
  for (let place = 0; place < bits.length; place += 4) {
    const four = bits.slice(place, place + 4);
    digits += four.reduce((value, bit) => 2 * value + Number(bit), 0).toString(16);
  }
  return digits;
}

/**
 * How many bits are set.
 * @param {string} hex
 */
export function popcount(hex) {
  return hammingDistance(hex, '0'.repeat(hex.length));
}

/**
 * How many bits differ.
 * @param {string} one hexadecimal digits
 * @param {string} other as many
 */
export function hammingDistance(one, other) {
  let count = 0;
  for (let place = 0; place < one.length; place++) {
    let different = parseInt(one[place], 16) ^ parseInt(other[place], 16);
    for (; different; different >>= 1) count += different & 1;
  }
  return count;
}
