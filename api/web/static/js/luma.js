// @ts-check
/**
 * The 64x64 luma that every hash is read from, as a linear operator on the pixels.
 *
 * Rows are summed first: each row of the photo counts in one or two rows of the luma, and only the
 * 64 sums are then weighted across. No photo stands in memory as numbers.
 */

/** @typedef {import('./pixels.js').RowReader} RowReader */
/** @typedef {import('./regions.js').Box} Box */

/** Of the luma, in samples. */
export const SIDE = 64;
/** Rows come in thousandths of a grey level. */
const LEVEL = 1000;

/**
 * The weights of the neighbouring pixels that one luma sample is the mean of.
 * @typedef {object} Band
 * @property {number} start number of the first pixel
 * @property {number} stop one past the number of the last pixel
 * @property {Float32Array} weights one for each pixel; they sum to 1
 */

/**
 * The lumas of boxes that begin and end at the same rows, so that they share the sums of rows.
 * @implements {RowReader}
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

  /** @type {RowReader['add']} */
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
 * PDQ's smoothing and decimation along one side of a photo.
 * @param {number} length 1 or more
 * @returns {Band[]} 64; neither their starts nor their stops ever fall
 */
function axis(length) {
  const windows = windowsOf(length);
  return Array.from({ length: SIDE }, (_, sample) => {
    const centre = Math.floor(((2 * sample + 1) * length) / (2 * SIDE));
    return band(windows, windows.first(centre), windows.stop(centre));
  });
}

/** @typedef {{first: (output: number) => number, stop: (output: number) => number}} Windows */

/**
 * First and one past the last input of each mean; windows get shorter at the border.
 * @param {number} length
 * @returns {Windows}
 */
function windowsOf(length) {
  const window = Math.ceil(length / (2 * SIDE));
  const ahead = Math.floor((window + 2) / 2);
  return {
    first: (output) => Math.max(0, output - (window - ahead)),
    stop: (output) => Math.min(length, output + ahead),
  };
}

/**
 * The mean, second smoothing, of the means `begin` up to `end`, first smoothing.
 *
 * Each of these spreads its share evenly over its own window: up at its start, down at its end.
 * The sums are made in the order in which numpy makes them, so that the weights are the same.
 * @param {Windows} windows
 * @param {number} begin
 * @param {number} end
 * @returns {Band}
 */
function band(windows, begin, end) {
  const start = windows.first(begin);
  const stop = windows.stop(end - 1);
  const steps = new Float64Array(stop - start + 1);
  const share = (/** @type {number} */ mean) =>
    1 / ((end - begin) * (windows.stop(mean) - windows.first(mean)));
  for (let mean = begin; mean < end; mean++) steps[windows.first(mean) - start] += share(mean);
  for (let mean = begin; mean < end; mean++) steps[windows.stop(mean) - start] -= share(mean);
  for (let place = 1; place < steps.length; place++) steps[place] += steps[place - 1];
  return { start, stop, weights: Float32Array.from(steps.subarray(0, stop - start)) };
}
