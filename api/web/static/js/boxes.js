// @ts-check
/** Rectangles of whole pixels, or of whole cells. */

/**
 * `x0` and `y0` are inside, `x1` and `y1` are not.
 * @typedef {{readonly x0: number, readonly y0: number, readonly x1: number, readonly y1: number}} Box
 */

/** @param {Box} box */
export const width = (box) => box.x1 - box.x0;

/** @param {Box} box */
export const height = (box) => box.y1 - box.y0;

/** @param {Box} box */
export const area = (box) => width(box) * height(box);

/**
 * How many pixels two boxes share.
 * @param {Box} one
 * @param {Box} other
 */
export function common(one, other) {
  const across = Math.min(one.x1, other.x1) - Math.max(one.x0, other.x0);
  const down = Math.min(one.y1, other.y1) - Math.max(one.y0, other.y0);
  return Math.max(across, 0) * Math.max(down, 0);
}

/**
 * Whether a box stays below an overlap with all earlier ones.
 * @param {Box} box
 * @param {readonly Box[]} earlier
 * @param {number} overlap intersection over union, 0 to 1; at this value a box is no longer new
 */
export function isNew(box, earlier, overlap) {
  return earlier.every((other) => {
    const shared = common(box, other);
    return shared / (area(box) + area(other) - shared) < overlap;
  });
}
