// @ts-check
/**
 * A photo reduced to a small grid of mean luma, in integers alone.
 *
 * The Python twin must see the very same grid: every value is a whole number below 2 ** 53, which
 * a number holds exactly, and each cell is rounded once.
 */

import { area } from './regions.js';

/** Cells along the longer side; a smaller photo keeps its pixels. */
const LONG_SIDE = 256;

/** @typedef {import('./pixels.js').RowReader} RowReader */
/** @typedef {import('./regions.js').Box} Box */

/**
 * The mean luma of a photo's cells, and where the cells lie.
 * @implements {RowReader}
 */
export class Grid {
  /**
   * @param {number} width of the photo, in pixels
   * @param {number} height
   */
  constructor(width, height) {
    const longest = Math.max(width, height);
    this._columnEdges = edges(cellCount(width, longest), width);
    this._rowEdges = edges(cellCount(height, longest), height);
    this.columns = this._columnEdges.length - 1;
    this.rows = this._rowEdges.length - 1;
    this._sums = new Float64Array(this.columns);
    this._row = 0;
    /** (rows, columns), 0 to 255 */
    this.cells = new Uint8Array(this.rows * this.columns);
  }

  /** @type {RowReader['add']} */
  add(y, row) {
    for (let column = 0; column < this.columns; column++) {
      const stop = this._columnEdges[column + 1];
      let sum = 0;
      for (let x = this._columnEdges[column]; x < stop; x++) sum += row[x];
      this._sums[column] += sum;
    }
    if (y + 1 === this._rowEdges[this._row + 1]) this._finishRow();
  }

  /**
   * The pixels that a box of cells covers.
   * @param {Box} box
   * @returns {Box}
   */
  pixelBox(box) {
    return {
      x0: this._columnEdges[box.x0],
      y0: this._rowEdges[box.y0],
      x1: this._columnEdges[box.x1],
      y1: this._rowEdges[box.y1],
    };
  }

  /** Round half up. */
  _finishRow() {
    for (let column = 0; column < this.columns; column++) {
      const x1 = column + 1;
      const pixels = area(this.pixelBox({ x0: column, y0: this._row, x1, y1: this._row + 1 }));
      const mean = Math.floor((2 * this._sums[column] + 1000 * pixels) / (2000 * pixels));
      this.cells[this._row * this.columns + column] = mean;
    }
    this._sums.fill(0);
    this._row += 1;
  }
}

/**
 * Cells along a side of the photo, at least 1: proportional, rounded half up.
 * @param {number} side
 * @param {number} longest
 */
function cellCount(side, longest) {
  if (longest <= LONG_SIDE) return side;
  return Math.max(1, Math.floor((2 * side * LONG_SIDE + longest) / (2 * longest)));
}

/**
 * One more than there are cells: cell i covers the pixels from edge i up to the next.
 * @param {number} cells
 * @param {number} side
 */
function edges(cells, side) {
  return Int32Array.from({ length: cells + 1 }, (_, cell) => Math.floor((cell * side) / cells));
}
