// @ts-check
/**
 * The 64x64 luma that every hash is read from, as a linear operator on the pixels.
 *
 * Rows are summed first: each row of the photo counts in one or two rows of the luma, and only the
 * 64 sums are then weighted across. No photo stands in memory as numbers.
 */

import { SIDE, axis } from './axes.js';

/** @typedef {import('./axes.js').Band} Band */
/** @typedef {import('./boxes.js').Box} Box */

const MAX_QUALITY = 100;
/** Rows come in thousandths of a grey level. */
const LEVEL = 1000;

/**
 * The lumas of boxes that begin and end at the same rows, so that they share the sums of rows.
 * @implements {import('./pixels.js').RowReader}
 */
export class LumaSums {
  /** @param {readonly Box[]} boxes one or more, all with the same `y0` and `y1` */
  constructor(boxes) {
    this._y0 = boxes[0].y0;
    this._x0 = Math.min(...boxes.map((box) => box.x0));
    this._width = Math.max(...boxes.map((box) => box.x1)) - this._x0;
    this._down = axis(boxes[0].y1 - this._y0);
    /** Bands from here on are not finished. */
    this._first = 0;
    /** @type {Float64Array[]} sums of the bands at hand, the first unfinished one in front */
    this._sums = [];
    /** @type {Float64Array[]} */
    this._spare = [];
    this._parts = boxes.map((box) => ({
      box,
      across: axis(box.x1 - box.x0),
      luma: new Float32Array(SIDE * SIDE),
    }));
  }

  /** @type {import('./pixels.js').RowReader['add']} */
  add(y, row, x0) {
    const number = y - this._y0;
    const part = row.subarray(this._x0 - x0, this._x0 - x0 + this._width);
    for (let sample = this._first; sample < SIDE; sample++) {
      const band = this._down[sample];
      if (number < band.start) break;
      if (number < band.stop) this._addTo(sample, part, band.weights[number - band.start]);
    }
    while (this._first < SIDE && this._down[this._first].stop === number + 1) this._finish();
  }

  /**
   * The luma of a box.
   * @param {Box} box
   * @returns {Float32Array} (64, 64), 0 to 255
   */
  luma(box) {
    const part = this._parts.find((one) => one.box === box);
    if (!part || this._first < SIDE) throw new Error('not all rows were read');
    return part.luma;
  }

  /**
   * @param {number} sample
   * @param {Float64Array} row
   * @param {number} weight
   */
  _addTo(sample, row, weight) {
    const place = sample - this._first;
    if (place < this._sums.length) {
      addWeighted(this._sums[place], row, weight);
      return;
    }
    const fresh = this._spare.pop() ?? new Float64Array(this._width);
    setWeighted(fresh, row, weight);
    this._sums.push(fresh);
  }

  /** Weight the columns of the first band at hand, and let go of it. */
  _finish() {
    const sums = /** @type {Float64Array} */ (this._sums.shift());
    for (const { box, across, luma } of this._parts) {
      for (let sample = 0; sample < SIDE; sample++) {
        const level = dot(sums, box.x0 - this._x0, across[sample]) / LEVEL;
        luma[this._first * SIDE + sample] = level;
      }
    }
    this._spare.push(sums);
    this._first += 1;
  }
}

/**
 * @param {Float64Array} sums
 * @param {Float64Array} row
 * @param {number} weight
 */
function addWeighted(sums, row, weight) {
  for (let x = 0; x < sums.length; x++) sums[x] += weight * row[x];
}

/**
 * @param {Float64Array} sums
 * @param {Float64Array} row
 * @param {number} weight
 */
function setWeighted(sums, row, weight) {
  for (let x = 0; x < sums.length; x++) sums[x] = weight * row[x];
}

/**
 * @param {Float64Array} sums
 * @param {number} offset
 * @param {Band} band
 */
function dot(sums, offset, band) {
  let sum = 0;
  for (let x = 0, place = offset + band.start; x < band.weights.length; x++, place++) {
    sum += sums[place] * band.weights[x];
  }
  return sum;
}

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
