// @ts-check
/** How a camera was held, where the browser does not see to it. */

/** The EXIF orientation of what need not be turned. */
export const UPRIGHT = 1;
const LAST_ORIENTATION = 8;
const ORIENTATION_TAG = 0x0112;
const ENTRY_BYTES = 12;

/**
 * From the pixels as stored to the photo upright.
 * @typedef {object} Turn
 * @property {number} width upright
 * @property {number} height
 * @property {readonly number[]} matrix as `setTransform` takes it: whole pixels go to whole pixels
 */

/**
 * @param {number} orientation EXIF, 1 to 8
 * @param {number} width as stored
 * @param {number} height
 * @returns {Turn}
 */
export function turnOf(orientation, width, height) {
  const matrix = [
    [1, 0, 0, 1, 0, 0],
    [-1, 0, 0, 1, width, 0],
    [-1, 0, 0, -1, width, height],
    [1, 0, 0, -1, 0, height],
    [0, 1, 1, 0, 0, 0],
    [0, 1, -1, 0, height, 0],
    [0, -1, -1, 0, height, width],
    [0, -1, 1, 0, 0, width],
  ][orientation - 1];
  return orientation < 5 ? { width, height, matrix } : { width: height, height: width, matrix };
}

/**
 * Read the orientation of a WebP, and write in its place that it is upright: should a browser
 * begin to turn WebP, the photo is not turned twice.
 * @param {Uint8Array} bytes the whole file; changed
 * @returns {number} EXIF, 1 to 8
 */
export function turnWebpUpright(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return exifTurnedUpright(view);
  } catch {
    return UPRIGHT; // the block ends early
  }
}

/**
 * @param {DataView} view
 * @returns {number}
 */
function exifTurnedUpright(view) {
  const place = exifOf(view);
  if (place === null) return UPRIGHT;
  const opening = view.getUint32(place);
  const isLittle = opening === 0x49492a00;
  if (!isLittle && opening !== 0x4d4d002a) return UPRIGHT;
  const directory = place + view.getUint32(place + 4, isLittle);
  const entries = view.getUint16(directory, isLittle);
  for (let number = 0; number < entries; number++) {
    const entry = directory + 2 + number * ENTRY_BYTES;
    if (view.getUint16(entry, isLittle) !== ORIENTATION_TAG) continue;
    const orientation = view.getUint16(entry + 8, isLittle);
    if (orientation < UPRIGHT || orientation > LAST_ORIENTATION) return UPRIGHT;
    view.setUint16(entry + 8, UPRIGHT, isLittle);
    return orientation;
  }
  return UPRIGHT;
}

/**
 * Where the EXIF block of a WebP begins, after the six bytes that some programs put before it.
 * @param {DataView} view
 * @returns {number | null}
 */
function exifOf(view) {
  for (let place = 12; place + 8 <= view.byteLength; ) {
    const length = view.getUint32(place + 4, true);
    if (view.getUint32(place) === 0x45584946) {
      const isNamed = view.getUint32(place + 8) === 0x45786966;
      return place + 8 + (isNamed ? 6 : 0);
    }
    place += 8 + length + (length % 2);
  }
  return null;
}
