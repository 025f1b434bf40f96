// @ts-check
/** The regions of a photo that is enrolled: the whole, eight fixed crops, and content anchors. */

/**
 * `x0` and `y0` are inside, `x1` and `y1` are not.
 * @typedef {{readonly x0: number, readonly y0: number, readonly x1: number, readonly y1: number}} Box
 */

/**
 * A part of a photo that gets a signature, and how it was chosen.
 * @typedef {{readonly kind: 'full' | 'crop' | 'anchor', readonly box: Box}} Region
 */

/** Off the width and off the height, both sides together. */
const CENTRE_PERCENTS = [5, 10, 20, 30];
/** Width and height, as platforms crop. */
const ASPECTS = [[1, 1], [4, 5], [9, 16], [16, 9]];
/** Pixels: below, a hash repeats pixels. */
const LEAST_CROP_SIDE = 64;
/** A crop that differs by less tells nothing new. */
const SAME_CROP_OVERLAP = 0.985;

/**
 * The whole photo, then its fixed crops: at most eight, fewer where two would be alike.
 * @param {number} across pixels
 * @param {number} down pixels
 * @returns {Region[]}
 */
export function fixedRegions(across, down) {
  const taken = [{ x0: 0, y0: 0, x1: across, y1: down }];
  for (const box of wishedCrops(across, down)) {
    const largeEnough = Math.min(width(box), height(box)) >= LEAST_CROP_SIDE;
    if (largeEnough && isNew(box, taken, SAME_CROP_OVERLAP)) taken.push(box);
  }
  return taken.map((box, number) => ({ kind: number ? 'crop' : 'full', box }));
}

/**
 * @param {number} across
 * @param {number} down
 * @returns {Box[]}
 */
function wishedCrops(across, down) {
  const centred = CENTRE_PERCENTS.map((percent) => {
    const x0 = Math.floor((percent * across + 100) / 200);
    const y0 = Math.floor((percent * down + 100) / 200);
    return { x0, y0, x1: across - x0, y1: down - y0 };
  });
  return [...centred, ...ASPECTS.map(([wide, high]) => aspectCrop(across, down, wide, high))];
}

/**
 * The largest centred box of an aspect, its free side rounded half up.
 * @param {number} across
 * @param {number} down
 * @param {number} wide
 * @param {number} high
 * @returns {Box}
 */
function aspectCrop(across, down, wide, high) {
  if (across * high > down * wide) {
    const side = Math.floor((2 * down * wide + high) / (2 * high));
    const x0 = Math.floor((across - side) / 2);
    return { x0, y0: 0, x1: x0 + side, y1: down };
  }
  const side = Math.floor((2 * across * high + wide) / (2 * wide));
  const y0 = Math.floor((down - side) / 2);
  return { x0: 0, y0, x1: across, y1: y0 + side };
}

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
