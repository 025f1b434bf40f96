// @ts-check
/** PIN and case number: how they are made, read and refused, without asking anybody. */
import { randomBelow } from './randomness.js';

const DIGITS = 6;
const SIGNS = 16;
const CROCKFORD = /^[0-9A-HJKMNP-TV-Z]{16}$/;

/** A PIN that nobody could guess first. */
export function randomPin() {
  let pin;
  do pin = Array.from({ length: DIGITS }, () => randomBelow(10)).join('');
  while (isSimple(pin));
  return pin;
}

/**
 * @param {string} typed
 * @returns {string | null} six digits; spaces and hyphens do not count
 */
export function readPin(typed) {
  const pin = typed.replace(/[\s-]/g, '');
  return /^[0-9]{6}$/.test(pin) ? pin : null;
}

/**
 * Whether somebody would try it among the first.
 * @param {string} pin six digits
 */
export function isSimple(pin) {
  const steps = new Set([...pin].slice(1).map((digit, place) => Number(digit) - Number(pin[place])));
  const repeats = pin === pin.slice(0, 2).repeat(3) || pin === pin.slice(0, 3).repeat(2);
  const isRow = steps.size === 1 && [...steps].every((step) => Math.abs(step) <= 1);
  return isRow || repeats || new Set(pin).size <= 2 || /^(?:19|20)\d\d\d\d$/.test(pin);
}

/**
 * @param {string} typed
 * @returns {string | null} as it is shown, 4-4-4-4; signs that look alike are read as what they are
 */
export function readNumber(typed) {
  const plain = typed.toUpperCase().replace(/[\s-]/g, '');
  const signs = plain.replace(/O/g, '0').replace(/[IL]/g, '1');
  return signs.length === SIGNS && CROCKFORD.test(signs) ? inGroups(signs) : null;
}

/** @param {string} signs */
function inGroups(signs) {
  return (signs.match(/.{4}/g) ?? []).join('-');
}
