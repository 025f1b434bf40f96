// @ts-check
/**
 * Boxes that follow the content, so that a crop which still holds the object finds the same box.
 *
 * An anchor is the bounding box of a connected bright or dark part of the smoothed photo. The
 * more levels of luma show a part with the same box, the surer another copy of the photo shows it
 * too: the most stable boxes are taken.
 */

import { area, common, isNew } from './regions.js';
import { partBoxes, smoothed } from './parts.js';

/** @typedef {import('./regions.js').Box} Box */

/** Signatures kept: each more tells an attacker more of the photo. */
export const MAX_ANCHORS = 6;
/** Twice what is kept, because candidates without detail are dropped after hashing. */
const MAX_CANDIDATES = 2 * MAX_ANCHORS;
/** Of the photo. Small boxes are left out for the survivor's sake. */
const LEAST_AREA_PERCENT = 4;
/** Intersection over union at which two boxes are one anchor. */
const SAME_OVERLAP = 0.8;
/** Cells: on a narrower strip nothing is both large and off the frame. */
const LEAST_GRID_SIDE = 32;

/**
 * Candidates for the anchors of a photo, at most 12, most stable first.
 * @param {import('./grid.js').Grid} grid all rows read
 * @returns {Box[]} of pixels
 */
export function anchorCandidates(grid) {
  if (Math.min(grid.rows, grid.columns) < LEAST_GRID_SIDE) return [];
  /** @type {Box[]} */
  const taken = [];
  for (const box of mostStableFirst(grid)) {
    if (taken.length === MAX_CANDIDATES) break;
    if (isNew(box, taken, SAME_OVERLAP)) taken.push(box);
  }
  return taken.map((box) => grid.pixelBox(box));
}

/**
 * Boxes of cells by support, then by area; ties from top to bottom, then left to right.
 * @param {import('./grid.js').Grid} grid
 * @returns {Box[]}
 */
function mostStableFirst(grid) {
  const boxes = partBoxes(smoothed(grid.cells, grid.columns), grid.columns);
  const least = LEAST_AREA_PERCENT * grid.cells.length;
  const large = boxes.filter((box) => area(box) * 100 >= least);
  const ranked = large.map((box) => ({ box, rank: rankOf(box, large) }));
  return ranked.sort((one, other) => compared(one.rank, other.rank)).map(({ box }) => box);
}

/**
 * @param {Box} box
 * @param {readonly Box[]} all
 * @returns {number[]}
 */
function rankOf(box, all) {
  const support = all.filter((other) => alike(box, other)).length;
  return [-support, -area(box), box.y0, box.y1, box.x0, box.x1];
}

/**
 * Whether two boxes overlap by nine tenths of their union, in integers alone: `common / union >=
 * 9 / 10` is `19 * common >= 9 * (area + area)`.
 * @param {Box} one
 * @param {Box} other
 */
function alike(one, other) {
  return 19 * common(one, other) >= 9 * (area(one) + area(other));
}

/**
 * @param {readonly number[]} one
 * @param {readonly number[]} other as long
 */
function compared(one, other) {
  const place = one.findIndex((number, at) => number !== other[at]);
  return place < 0 ? 0 : one[place] - other[place];
}
