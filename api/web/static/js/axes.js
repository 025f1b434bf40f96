// @ts-check
/** PDQ's smoothing and decimation along one side of a photo, as weights of neighbouring pixels. */

/** Of the luma, in samples. */
export const SIDE = 64;

/**
 * The weights of the neighbouring pixels that one luma sample is the mean of.
 * @typedef {object} Band
 * @property {number} start number of the first pixel
 * @property {number} stop one past the number of the last pixel
 * @property {Float32Array} weights one for each pixel; they sum to 1
 */

/**
 * The operator along a side of so many pixels.
 * @param {number} length 1 or more
 * @returns {Band[]} 64; neither their starts nor their stops ever fall
 */
export function axis(length) {
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
