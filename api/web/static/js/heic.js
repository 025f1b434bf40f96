// @ts-check
/** A HEIC file to pixels, by libheif: most browsers cannot open what iPhones make. */

import { formatOf } from './file-header.js';
import { PhotoError, Reason } from './messages.js';
import { bytesOf, checkSize } from './photo-limits.js';
import libheif from './vendor/libheif.js';

/** @typedef {import('./pixels.js').Pixels} Pixels */
/** @typedef {import('./pixels.js').Strip} Strip */
/** @typedef {import('./vendor/libheif.js').HeifImage} HeifImage */

/**
 * A decoded photo.
 * @implements {Pixels}
 */
class HeicPhoto {
  /**
   * @param {Uint8ClampedArray} rgba (height, width, 4)
   * @param {number} width
   * @param {number} height
   */
  constructor(rgba, width, height) {
    this._rgba = rgba;
    this.width = width;
    this.height = height;
  }

  /**
   * See `Pixels.strips`: row by row, cut out of the photo.
   * @param {import('./regions.js').Box} box
   * @returns {Generator<Strip>}
   */
  *strips(box) {
    for (let y = box.y0; y < box.y1; y++) {
      const start = y * this.width;
      yield { y, rows: 1, rgba: this._rgba.subarray(4 * (start + box.x0), 4 * (start + box.x1)) };
    }
  }

  close() {
    this._rgba = new Uint8ClampedArray();
  }
}

/**
 * Read a photo; of several the one that the file calls its main one. libheif turns it.
 * @param {Blob} file its name plays no part
 * @returns {Promise<HeicPhoto>}
 * @throws {PhotoError} it cannot be read here
 */
export async function openHeic(file) {
  const bytes = await bytesOf(file);
  if (formatOf(bytes) !== 'heic') throw new PhotoError(Reason.NOT_A_PHOTO);
  const images = new (libheif().HeifDecoder)().decode(bytes);
  try {
    const image = images.find((one) => one.is_primary()) ?? images[0];
    if (!image) throw new PhotoError(Reason.DAMAGED);
    return await decoded(image);
  } finally {
    for (const image of images) image.free();
  }
}

/**
 * @param {HeifImage} image
 * @returns {Promise<HeicPhoto>}
 */
async function decoded(image) {
  const size = { width: image.get_width(), height: image.get_height() };
  checkSize(size);
  const rgba = new Uint8ClampedArray(4 * size.width * size.height);
  const filled = await new Promise((resolve) => image.display({ data: rgba, ...size }, resolve));
  if (filled === null) throw new PhotoError(Reason.DAMAGED);
  return new HeicPhoto(rgba, size.width, size.height);
}
