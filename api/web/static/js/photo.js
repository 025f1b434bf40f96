// @ts-check
/** A photo file to pixels, by the browser's decoder, without falsification. */

import { isWhole } from './file-end.js';
import { formatOf, sizeOf } from './file-header.js';
import { PhotoError, Reason } from './messages.js';
import { bytesOf, checkSize, isOfMemory } from './photo-limits.js';
import { turnOf, turnWebpUpright, UPRIGHT } from './turning.js';

/** @typedef {import('./regions.js').Box} Box */
/** @typedef {import('./file-header.js').Format} Format */
/** @typedef {import('./messages.js').ReasonCode} ReasonCode */
/** @typedef {import('./pixels.js').Pixels} Pixels */
/** @typedef {import('./pixels.js').Strip} Strip */

/** A larger photo that is whole and still fails to open most likely found no memory. */
const MANY_PIXELS = 24_000_000;
/** Rows; a canvas of them stays far below the limit of any phone. */
const STRIP_ROWS = 64;

/** @type {Partial<Record<Format, ReasonCode>>} where a browser may not know a format */
const UNKNOWN_TO_BROWSER = { heic: Reason.HEIC, tiff: Reason.UNSUPPORTED };

/**
 * A decoded photo; close it, because its memory is not given back soon enough otherwise.
 * @implements {Pixels}
 */
export class Photo {
  /**
   * @param {ImageBitmap} bitmap
   * @param {number} orientation EXIF, 1 to 8: how it is still to be turned
   */
  constructor(bitmap, orientation) {
    this._bitmap = bitmap;
    this._turn = turnOf(orientation, bitmap.width, bitmap.height);
    this.width = this._turn.width;
    this.height = this._turn.height;
  }

  /**
   * See `Pixels.strips`. Nothing but the photo is ever drawn: in some browsers fills and text
   * are what makes a canvas suspect.
   * @param {Box} box
   * @returns {Generator<Strip>}
   * @throws {PhotoError} no memory
   */
  *strips(box) {
    const width = box.x1 - box.x0;
    const context = canvasOf(width, Math.min(STRIP_ROWS, box.y1 - box.y0));
    for (let y = box.y0; y < box.y1; y += STRIP_ROWS) {
      const rows = Math.min(STRIP_ROWS, box.y1 - y);
      const [a, b, c, d, e, f] = this._turn.matrix;
      context.resetTransform();
      context.clearRect(0, 0, width, rows);
      context.setTransform(a, b, c, d, e - box.x0, f - y);
      context.drawImage(this._bitmap, 0, 0);
      yield { y, rows, rgba: context.getImageData(0, 0, width, rows).data };
    }
  }

  close() {
    this._bitmap.close();
  }
}

/**
 * @param {number} width
 * @param {number} height
 */
function canvasOf(width, height) {
  const context = new OffscreenCanvas(width, height).getContext('2d', {
    willReadFrequently: true,
    colorSpace: 'srgb',
  });
  if (!context) throw new PhotoError(Reason.MEMORY);
  context.imageSmoothingEnabled = false;
  return context;
}

/**
 * Read a photo; of several frames the first.
 * @param {Blob} file its name plays no part
 * @returns {Promise<Photo>}
 * @throws {PhotoError} it cannot be read here
 */
export async function openPhoto(file) {
  const bytes = await bytesOf(file);
  const format = formatOf(bytes);
  if (format === null) throw new PhotoError(Reason.NOT_A_PHOTO);
  if (format === 'video') throw new PhotoError(Reason.VIDEO);
  const size = sizeOf(bytes, format);
  if (size) checkSize(size);
  if (!isWhole(bytes, format)) throw new PhotoError(Reason.DAMAGED);
  // Browsers turn all other formats; of WebP they ignore what its EXIF says.
  const orientation = format === 'webp' ? turnWebpUpright(bytes) : UPRIGHT;
  const bitmap = await decoded(new Blob([bytes], { type: `image/${format}` }), format, size);
  try {
    checkSize(bitmap);
  } catch (error) {
    bitmap.close();
    throw error;
  }
  return new Photo(bitmap, orientation);
}

/**
 * Turned as its EXIF says; no colour profile applied, because half of all copies have lost it.
 * @param {Blob} photo
 * @param {Format} format
 * @param {{width: number, height: number} | null} size
 */
async function decoded(photo, format, size) {
  try {
    return await createImageBitmap(photo, {
      imageOrientation: 'from-image',
      colorSpaceConversion: 'none',
      premultiplyAlpha: 'none',
    });
  } catch (error) {
    const isLarge = size !== null && size.width * size.height >= MANY_PIXELS;
    const other = isLarge || isOfMemory(error) ? Reason.MEMORY : Reason.DAMAGED;
    throw new PhotoError(UNKNOWN_TO_BROWSER[format] ?? other);
  }
}
