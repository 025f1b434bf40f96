// @ts-check
/** The regions of a photo that is enrolled: the whole, eight fixed crops, and content anchors. */

import { height, isNew, width } from './boxes.js';

/** @typedef {import('./boxes.js').Box} Box */

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
