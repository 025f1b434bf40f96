// @ts-check
/** Connected parts of a grid, found from the runs of bright and dark cells in its rows. */

/** @typedef {import('./regions.js').Box} Box */

/** Runs of one grid, level after level, in the same memory: there is at most one for each cell. */
export class Runs {
  /**
   * @param {Uint8Array} luma (rows, columns)
   * @param {number} columns
   */
  constructor(luma, columns) {
    const numbers = () => new Int32Array(luma.length);
    this._luma = luma;
    this._columns = columns;
    this._count = 0;
    this._bright = new Uint8Array(luma.length);
    /** The cells of a run: `from` is the first column, `to` one past the last. */
    this._from = numbers();
    this._to = numbers();
    /** An earlier run of the same part, or the run itself where it is the earliest. */
    this._earlier = numbers();
    /** The box of a part, kept with its earliest run. */
    this._x0 = numbers();
    this._y0 = numbers();
    this._x1 = numbers();
    this._y1 = numbers();
  }

  /**
   * The boxes of the connected parts on either side of a level, those that reach the frame too.
   *
   * Bright parts (`>= level`) hang together over corners too, dark ones over sides alone.
   * @param {number} level
   * @returns {Box[]}
   */
  partBoxes(level) {
    this._count = 0;
    let above = 0;
    for (let row = 0; row * this._columns < this._luma.length; row++) {
      const first = this._count;
      this._addRow(row, level);
      this._join(above, first);
      above = first;
    }
    return this._boxes();
  }

  /**
   * @param {number} row
   * @param {number} level
   */
  _addRow(row, level) {
    const start = row * this._columns;
    for (let from = 0, to = 0; from < this._columns; from = to) {
      const bright = this._luma[start + from] >= level;
      while (to < this._columns && this._luma[start + to] >= level === bright) to++;
      const run = this._count++;
      this._bright[run] = Number(bright);
      this._earlier[run] = run;
      this._from[run] = this._x0[run] = from;
      this._to[run] = this._x1[run] = to;
      this._y0[run] = row;
      this._y1[run] = row + 1;
    }
  }

  /**
   * Join the runs of a row, from `first` on, to those of the row above, from `above` on.
   * @param {number} above
   * @param {number} first
   */
  _join(above, first) {
    for (let run = first; run < this._count; run++) {
      while (above < first && this._to[above] < this._from[run]) above++;
      for (let other = above; other < first && this._from[other] <= this._to[run]; other++) {
        if (this._touch(other, run)) this._unite(other, run);
      }
    }
  }

  /**
   * Whether two runs of neighbouring rows, which share at least a corner, belong together.
   * @param {number} one
   * @param {number} other
   */
  _touch(one, other) {
    if (this._bright[one] !== this._bright[other]) return false;
    const shared = this._from[one] < this._to[other] && this._from[other] < this._to[one];
    return shared || this._bright[one] === 1;
  }

  /**
   * @param {number} one
   * @param {number} other
   */
  _unite(one, other) {
    const [first, second] = [this._earliest(one), this._earliest(other)].sort((a, b) => a - b);
    if (first === second) return;
    this._earlier[second] = first;
    this._x0[first] = Math.min(this._x0[first], this._x0[second]);
    this._y0[first] = Math.min(this._y0[first], this._y0[second]);
    this._x1[first] = Math.max(this._x1[first], this._x1[second]);
    this._y1[first] = Math.max(this._y1[first], this._y1[second]);
  }

  /**
   * The earliest run of the part of a run; shortens the way there.
   * @param {number} run
   */
  _earliest(run) {
    while (this._earlier[run] !== run) {
      this._earlier[run] = this._earlier[this._earlier[run]];
      run = this._earlier[run];
    }
    return run;
  }

  /** @returns {Box[]} */
  _boxes() {
    const boxes = [];
    for (let run = 0; run < this._count; run++) {
      if (this._earlier[run] !== run) continue;
      boxes.push({ x0: this._x0[run], y0: this._y0[run], x1: this._x1[run], y1: this._y1[run] });
    }
    return boxes;
  }
}
