// @ts-check
/** Photo to signatures: what a photo leaves when a case is opened. */

import { anchorCandidates, MAX_ANCHORS } from './anchors.js';
import { Grid } from './grid.js';
import { LumaSums } from './luma.js';
import { PhotoError, Reason } from './messages.js';
import { readRows } from './pixels.js';
import { fixedRegions } from './regions.js';
import { isFit, signatureOf } from './signatures.js';

/** @typedef {import('./regions.js').Box} Box */
/** @typedef {import('./messages.js').Signature} Signature */
/** @typedef {import('./pixels.js').Pixels} Pixels */
/** @typedef {import('./regions.js').Region} Region */

/** Of the time a photo takes: the first reading, of the whole photo for its crops. */
const FIRST_READING = 0.7;

/**
 * The full photo first, then its crops, then its anchors, best first; each signature once, and
 * none that is unfit to be listed.
 * @param {Pixels} pixels
 * @param {(share: number) => void} [report] how much is done, 0 to 1
 * @returns {Signature[]} 1 to 15
 * @throws {PhotoError} too little to see for the photo to be found again
 */
export function enrolmentSignatures(pixels, report = () => {}) {
  const grid = new Grid(pixels.width, pixels.height);
  const [full, ...crops] = signaturesOf(
    pixels,
    fixedRegions(pixels.width, pixels.height),
    [grid],
    (share) => report(share * FIRST_READING),
  );
  if (!isFit(full)) throw new PhotoError(Reason.TOO_FLAT);
  const anchors = signaturesOf(
    pixels,
    anchorRegions(grid),
    [],
    (share) => report(FIRST_READING + share * (1 - FIRST_READING)),
  );
  report(1);
  return once([full, ...crops.filter(isFit), ...anchors.filter(isFit).slice(0, MAX_ANCHORS)]);
}

/**
 * The regions of an enrolled photo, anchors without detail among them.
 * @param {Pixels} pixels
 * @returns {Region[]}
 */
export function enrolmentRegions(pixels) {
  const grid = new Grid(pixels.width, pixels.height);
  readRows(pixels, wholeOf(pixels), [grid], () => {});
  return [...fixedRegions(pixels.width, pixels.height), ...anchorRegions(grid)];
}

/**
 * The signature of a whole photo as it stands, fit or not.
 * @param {Pixels} pixels
 * @returns {Signature}
 */
export function fullSignature(pixels) {
  return signaturesOf(pixels, [{ kind: 'full', box: wholeOf(pixels) }], [], () => {})[0];
}

/**
 * @param {Grid} grid
 * @returns {Region[]}
 */
const anchorRegions = (grid) => anchorCandidates(grid).map((box) => ({ kind: 'anchor', box }));

/**
 * @param {Pixels} pixels
 * @returns {Box}
 */
const wholeOf = (pixels) => ({ x0: 0, y0: 0, x1: pixels.width, y1: pixels.height });

/**
 * Read once what the regions cover, and hash each.
 * @param {Pixels} pixels
 * @param {readonly Region[]} regions
 * @param {readonly import('./pixels.js').RowReader[]} others who want the same rows
 * @param {(share: number) => void} report
 * @returns {Signature[]} in the order of the regions
 */
function signaturesOf(pixels, regions, others, report) {
  if (regions.length === 0) return [];
  const sums = sumsByRows(regions.map((region) => region.box));
  readRows(pixels, around(regions), [...new Set(sums.values()), ...others], report);
  return regions.map(({ kind, box }) => {
    const found = /** @type {LumaSums} */ (sums.get(box));
    return signatureOf(kind, found.luma(box));
  });
}

/**
 * Boxes of the same rows share their sums.
 * @param {readonly Box[]} boxes
 * @returns {Map<Box, LumaSums>}
 */
function sumsByRows(boxes) {
  /** @type {Map<string, Box[]>} */
  const groups = new Map();
  for (const box of boxes) {
    const rows = `${box.y0} ${box.y1}`;
    groups.set(rows, [...(groups.get(rows) ?? []), box]);
  }
  const pairs = [...groups.values()].flatMap((group) => {
    const sums = new LumaSums(group);
    return group.map((box) => /** @type {[Box, LumaSums]} */ ([box, sums]));
  });
  return new Map(pairs);
}

/**
 * The smallest box that holds all regions.
 * @param {readonly Region[]} regions
 * @returns {Box}
 */
function around(regions) {
  const boxes = regions.map((region) => region.box);
  return {
    x0: Math.min(...boxes.map((box) => box.x0)),
    y0: Math.min(...boxes.map((box) => box.y0)),
    x1: Math.max(...boxes.map((box) => box.x1)),
    y1: Math.max(...boxes.map((box) => box.y1)),
  };
}

/**
 * Without repetitions, in the order given.
 * @param {readonly Signature[]} signatures
 * @returns {Signature[]}
 */
const once = (signatures) =>
  [...new Map(signatures.map((one) => [JSON.stringify(one), one])).values()];
