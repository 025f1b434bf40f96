// @ts-check
/** Pixels of a photo, read in strips, so that a large photo never stands in memory twice. */

/**
 * Some whole rows of a box.
 * @typedef {object} Strip
 * @property {number} y number of its first row in the photo
 * @property {number} rows
 * @property {Uint8ClampedArray | Uint8Array} rgba (rows, width of the box, 4); alpha not multiplied
 */

/**
 * A decoded photo: upright, 8 bit, no colour management, never scaled.
 * @typedef {object} Pixels
 * @property {number} width
 * @property {number} height
 * @property {(box: import('./regions.js').Box) => Iterable<Strip>} strips from top to bottom; what a
 *   strip holds is gone once the next one is read
 */

const WHITE = 255 * (299 + 587 + 114);

/**
 * A thousand times the luma of one row, transparency over white; whole numbers up to 255,000.
 * @param {Strip['rgba']} rgba
 * @param {number} first place of the row's first byte
 * @param {Float64Array} row as long as the row is wide
 */
export function readRow(rgba, first, row) {
  for (let x = 0, place = first; x < row.length; x++, place += 4) {
    const alpha = rgba[place + 3];
    row[x] = alpha === 255
      ? 299 * rgba[place] + 587 * rgba[place + 1] + 114 * rgba[place + 2]
      : translucent(rgba, place, alpha);
  }
}

/**
 * Rounded for each colour alone, as the definition of our hashes says.
 * @param {Strip['rgba']} rgba
 * @param {number} place
 * @param {number} alpha
 */
function translucent(rgba, place, alpha) {
  if (alpha === 0) return WHITE;
  const over = (/** @type {number} */ colour) =>
    Math.floor((colour * alpha + 127) / 255) + 255 - alpha;
  return 299 * over(rgba[place]) + 587 * over(rgba[place + 1]) + 114 * over(rgba[place + 2]);
}

/**
 * Every row of a box, to every reader in turn.
 * @param {Pixels} pixels
 * @param {import('./regions.js').Box} box
 * @param {readonly RowReader[]} readers
 * @param {(share: number) => void} report how much of the box is read, after every strip
 */
export function readRows(pixels, box, readers, report) {
  const row = new Float64Array(box.x1 - box.x0);
  for (const strip of pixels.strips(box)) {
    for (let number = 0; number < strip.rows; number++) {
      readRow(strip.rgba, 4 * row.length * number, row);
      for (const reader of readers) reader.add(strip.y + number, row, box.x0);
    }
    report((strip.y + strip.rows - box.y0) / (box.y1 - box.y0));
  }
}

/**
 * What is fed with rows from top to bottom.
 * @typedef {object} RowReader
 * @property {(y: number, row: Float64Array, x0: number) => void} add row `y` of the photo, as a
 *   thousandfold luma, its first number being of column `x0`
 */
