// @ts-check
/**
 * The connected bright and dark parts of a smoothed grid.
 *
 * The Python twin must agree to the cell: whole numbers alone.
 */

import { height, width } from './regions.js';
import { Runs } from './runs.js';

/** @typedef {import('./regions.js').Box} Box */

/** Luma, of 0 to 255: what is stable shows at many of them. */
const LEVELS = Array.from({ length: 44 }, (_, number) => 20 + 5 * number);
/** Cells: below, one cell of error moves the hash too far. */
const LEAST_BOX_SIDE = 28;
/** Cells: what reaches the frame is cut off by it, and moves with every crop. */
const FRAME_MARGIN = 2;

/** A Gaussian of sigma 2 cells in 65,536ths: the taps before the middle one. */
const HALF = [4, 29, 145, 574, 1769, 4244, 7929, 11537];
const TAPS = [...HALF, 65536 - 2 * HALF.reduce((sum, tap) => sum + tap), ...[...HALF].reverse()];
/** Of rows and columns of taps; sums of at most 255 * 2 ** 32 are exact in any order. */
const SCALE = 2 ** 32;

/**
 * Blur a grid, mirrored at the frame without repeating the edge cell; rounded down.
 * @param {Uint8Array} cells (rows, columns)
 * @param {number} columns more than 8, as the rows are
 * @returns {Uint8Array} (rows, columns)
 */
export function smoothed(cells, columns) {
  const rows = cells.length / columns;
  const across = convolved(cells, rows, columns, columns, 1);
  return Uint8Array.from(convolved(across, columns, rows, 1, columns), (sum) => sum / SCALE);
}

/**
 * @param {ArrayLike<number>} values
 * @param {number} lines
 * @param {number} length of a line
 * @param {number} betweenLines places from one line to the next
 * @param {number} betweenValues places from one value of a line to the next
 * @returns {Float64Array}
 */
function convolved(values, lines, length, betweenLines, betweenValues) {
  const sums = new Float64Array(values.length);
  for (let place = 0; place < length; place++) {
    TAPS.forEach((tap, number) => {
      const from = mirrored(place + number - HALF.length, length) * betweenValues;
      const to = place * betweenValues;
      for (let line = 0; line < lines; line++) {
        sums[to + line * betweenLines] += tap * values[from + line * betweenLines];
      }
    });
  }
  return sums;
}

/**
 * @param {number} place
 * @param {number} length
 */
function mirrored(place, length) {
  const inside = Math.abs(place);
  return inside < length ? inside : 2 * (length - 1) - inside;
}

/**
 * The boxes of all parts that may be anchors, level by level; many come again and again.
 * @param {Uint8Array} luma (rows, columns)
 * @param {number} columns
 * @returns {Box[]}
 */
export function partBoxes(luma, columns) {
  const runs = new Runs(luma, columns);
  const rows = luma.length / columns;
  const darkest = luma.reduce((one, other) => Math.min(one, other));
  const brightest = luma.reduce((one, other) => Math.max(one, other));
  // At other levels there is one part alone, and it fills the frame.
  const levels = LEVELS.filter((level) => darkest < level && level <= brightest);
  return levels.flatMap((level) => runs.partBoxes(level).filter(isWanted));

  /** @param {Box} box */
  function isWanted(box) {
    const near = Math.min(box.x0, box.y0, columns - box.x1, rows - box.y1);
    return near >= FRAME_MARGIN && Math.min(width(box), height(box)) >= LEAST_BOX_SIDE;
  }
}
