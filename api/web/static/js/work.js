// @ts-check
/**
 * A small sum that the service asks for when many cases come from one network: a number whose
 * SHA-256, behind the challenge, begins with so many zero bits. Own SHA-256, of one block alone:
 * the browser's takes a promise for each try, and most of the time would go there. No DOM.
 */

const MOST_BITS = 26; // more would keep a phone busy for minutes: no service of ours asks for it
const CHALLENGE_WORDS = 9;
const ROUNDS = 64;
const PRIMES = firstPrimes(ROUNDS);
// FIPS 180-4: bits of the roots behind the point; 35 bits of each are needed, 53 are exact.
const K = Int32Array.from(PRIMES, (prime) => Math.cbrt(prime) * 2 ** 32);
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => Math.sqrt(prime) * 2 ** 32);

/**
 * The lowest number that solves a challenge, as it is sent; null where nobody should try.
 * @param {string} challenge 48 signs of base64url: 36 bytes
 * @param {number} bits
 * @returns {string | null} the challenge, a point and 8 hexadecimal digits
 */
export function solution(challenge, bits) {
  if (!/^[\w-]{48}$/.test(challenge) || !(bits >= 1 && bits <= MOST_BITS)) return null;
  const words = new Int32Array(ROUNDS);
  words.set(wordsOf(challenge));
  words[CHALLENGE_WORDS + 1] = 0x80000000; // the end of the message
  words[15] = (CHALLENGE_WORDS + 1) * 32; // its length
  for (let number = 0; number < 2 ** 32; number += 1) {
    words[CHALLENGE_WORDS] = number;
    if (firstWord(words) >>> (32 - bits) === 0) return `${challenge}.${hex(number)}`;
  }
  return null;
}

/** @param {number} count */
function firstPrimes(count) {
  /** @type {number[]} */
  const primes = [];
  for (let number = 2; primes.length < count; number += 1) {
    if (primes.every((prime) => number % prime)) primes.push(number);
  }
  return primes;
}

/** @param {string} challenge @returns {number[]} */
function wordsOf(challenge) {
  const bytes = atob(challenge.replaceAll('-', '+').replaceAll('_', '/'));
  return Array.from({ length: CHALLENGE_WORDS }, (_, place) =>
    [0, 1, 2, 3].reduce((word, byte) => (word << 8) | bytes.charCodeAt(4 * place + byte), 0),
  );
}

/** @param {number} number */
function hex(number) {
  return number.toString(16).padStart(8, '0');
}

/**
 * The first 32 bits of a block's SHA-256 (FIPS 180-4).
 * @param {Int32Array} w the block in its first 16 words; the others are written
 */
function firstWord(w) {
  for (let t = 16; t < ROUNDS; t += 1) {
    const x = w[t - 15];
    const y = w[t - 2];
    const small = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3);
    w[t] = small + (turned(y, 17) ^ turned(y, 19) ^ (y >>> 10)) + w[t - 16] + w[t - 7];
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let t = 0; t < ROUNDS; t += 1) {
    const mixed = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const first = (h + mixed + ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
    const second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  return (START[0] + a) | 0;
}

/** @param {number} word @param {number} bits */
function turned(word, bits) {
  return (word >>> bits) | (word << (32 - bits));
}
