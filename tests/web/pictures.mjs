/** The golden pictures that are drawn, not stored: whole numbers only, the same in Python. */

/** @typedef {import('../../api/web/static/js/pixels.js').Pixels} Pixels */
/** @typedef {(x: number, y: number) => readonly number[]} Painter red, green and blue of a pixel */

const ROWS_AT_ONCE = 7; // so that the strips of a picture are of unequal height

/**
 * A picture that is painted when it is read; nothing of it is kept.
 * @param {number} width
 * @param {number} height
 * @param {Painter} paint
 * @returns {Pixels}
 */
export function painted(width, height, paint) {
  return {
    width,
    height,
    *strips(box) {
      for (let y = box.y0; y < box.y1; y += ROWS_AT_ONCE) {
        const rows = Math.min(ROWS_AT_ONCE, box.y1 - y);
        const rgba = new Uint8Array(4 * rows * (box.x1 - box.x0));
        let place = 0;
        for (let row = y; row < y + rows; row++) {
          for (let x = box.x0; x < box.x1; x++, place += 4) {
            rgba.set(paint(x, row), place);
            rgba[place + 3] = 255;
          }
        }
        yield { y, rows, rgba };
      }
    },
  };
}

/** 0 to 255 and down again. @param {number} value */
const folded = (value) => (value % 512 < 256 ? value % 512 : 511 - (value % 512));

/**
 * Curved stripes, different in each colour.
 * @param {number} width
 * @param {number} height
 * @param {number} k
 * @returns {Painter}
 */
export const waves = (width, height, k) => (x, y) => {
  const around = width + height;
  const floor = Math.floor;
  const red = floor((3 * x * x) / width) + floor((5 * y * y) / height) + floor((k * x * y) / around);
  const green = floor((7 * k * x) / 5) + floor((2 * y * y) / height);
  const blue = floor((k * (x - y) ** 2) / around) + 3 * y;
  return [folded(red), folded(green), folded(blue)];
};

/** @param {number} level @returns {readonly number[]} */
const grey = (level) => [level, level, level];

/** @type {Record<string, (how: any) => Painter>} */
const PAINTERS = {
  waves: ({ width, height, k }) => waves(width, height, k),
  dimmed_waves: ({ width, height, k, percent }) => (x, y) =>
    waves(width, height, k)(x, y).map((level) => Math.floor((level * percent) / 100)),
  flat: ({ level }) => () => grey(level),
  ramp: ({ width, height, down, across }) => (x, y) =>
    grey(Math.floor((255 * (down * y + across * x)) / (down * (height - 1) + across * (width - 1)))),
  text_line: ({ width, height }) => (x, y) => {
    const middle = Math.floor(height / 2);
    const inLine = y >= middle && y < middle + 12 && x >= 8 && x < width - 8;
    const stroke = (Math.floor((x * x) / 7) + Math.floor(x / 3)) % 5 < 2;
    return grey(inLine && stroke ? 0 : 255);
  },
};

/**
 * A picture of `hashes.json`.
 * @param {any} how its `draw`
 * @returns {Pixels}
 */
export function drawn(how) {
  return painted(how.width, how.height, PAINTERS[how.picture](how));
}

/**
 * A picture of `regions.json`: a ground and rectangles on it.
 * @param {any} picture
 * @returns {Pixels}
 */
export function collage({ width, height, ground, rectangles }) {
  const layers = [{ ...ground, box: [0, 0, width, height] }, ...rectangles].reverse();
  const painters = layers.map((/** @type {any} */ { box: [x0, y0, x1, y1], colour, formula }) => {
    const fill = colour ? () => colour : waves(x1 - x0, y1 - y0, formula);
    return { x0, y0, x1, y1, fill };
  });
  return painted(width, height, (x, y) => {
    const top = painters.find((one) => x >= one.x0 && x < one.x1 && y >= one.y0 && y < one.y1);
    return top?.fill(x - top.x0, y - top.y0) ?? grey(0);
  });
}
