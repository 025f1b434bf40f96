// @ts-check
/** Which files and photos are read at all, however they are decoded. */

import { PhotoError, Reason } from './messages.js';

/** Phones make 108 million; 512 MB once decoded. */
const MAX_PIXELS = 128_000_000;
const MAX_FILE_BYTES = 2 ** 30;
/** Pixels; PDQ is not defined below. */
const MIN_SIDE = 5;
/** Pixels; no canvas is wider in every browser. */
const MAX_SIDE = 32_767;

/**
 * The whole file.
 * @param {Blob} file
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {PhotoError} nothing in it, too much, or not to be had
 */
export async function bytesOf(file) {
  if (file.size === 0) throw new PhotoError(Reason.EMPTY);
  if (file.size > MAX_FILE_BYTES) throw new PhotoError(Reason.TOO_LARGE);
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new PhotoError(isOfMemory(error) ? Reason.MEMORY : Reason.UNREADABLE);
  }
}

/**
 * @param {{width: number, height: number}} size
 * @throws {PhotoError} too large or too small
 */
export function checkSize({ width, height }) {
  const isHuge = width * height > MAX_PIXELS || Math.max(width, height) > MAX_SIDE;
  if (isHuge) throw new PhotoError(Reason.TOO_LARGE);
  if (Math.min(width, height) < MIN_SIDE) throw new PhotoError(Reason.TOO_SMALL);
}

/**
 * Whether something failed for want of memory.
 * @param {unknown} error
 */
export const isOfMemory = (error) => error instanceof RangeError;
