// @ts-check
/**
 * Whether all of a photo is there. Some browsers show what there is of a photo that is cut short
 * or broken, and say nothing; its hashes would not be those of the photo.
 */

import { jpegSegments, JPEG_SCAN } from './file-header.js';

/** @typedef {import('./file-header.js').Format} Format */

/**
 * Look for the end of the photo; of several frames, of the first.
 * @param {Uint8Array} bytes the whole file
 * @param {Format} format
 */
export function isWhole(bytes, format) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return ENDS[format]?.(view, bytes) ?? true;
  } catch {
    return false; // the file ends early
  }
}

/** @type {Partial<Record<Format, (view: DataView, bytes: Uint8Array) => boolean>>} */
const ENDS = {
  jpeg: jpegIsWhole,
  png: pngIsWhole,
  gif: gifIsWhole,
  bmp: bmpIsWhole,
  webp: (view) => view.getUint32(4, true) + 8 <= view.byteLength,
};

/**
 * The end marker can only stand outside the compressed colours, where a byte 0xFF is always
 * escaped, so that finding one after the first scan began is enough.
 * @param {DataView} view
 * @param {Uint8Array} bytes
 */
function jpegIsWhole(view, bytes) {
  for (const { marker, start } of jpegSegments(view)) {
    if (marker !== JPEG_SCAN) continue;
    for (let place = bytes.length; (place = bytes.lastIndexOf(0xff, place - 1)) > start; ) {
      if (bytes[place + 1] === 0xd9) return true;
    }
  }
  return false;
}

/**
 * Every chunk that colours depend on carries a sum that proves it.
 * @param {DataView} view
 * @param {Uint8Array} bytes
 */
function pngIsWhole(view, bytes) {
  for (let place = 8; ; ) {
    const stop = place + 8 + view.getUint32(place);
    const kind = view.getUint32(place + 4);
    const isNeeded = (kind & 0x20000000) === 0; // its name begins with a capital
    if (isNeeded && view.getUint32(stop) !== checksum(bytes, place + 4, stop)) return false;
    if (kind === 0x49454e44) return true; // IEND
    place = stop + 4;
  }
}

const CHECKSUM_STEPS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/**
 * CRC-32.
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} stop
 */
function checksum(bytes, start, stop) {
  let rest = -1;
  for (let place = start; place < stop; place++) {
    rest = (rest >>> 8) ^ CHECKSUM_STEPS[(rest ^ bytes[place]) & 0xff];
  }
  return ~rest >>> 0;
}

/** @param {DataView} view */
function gifIsWhole(view) {
  let place = 13 + gifTableBytes(view.getUint8(10));
  while (view.getUint8(place) === 0x21) place = gifBlocksEnd(view, place + 2);
  if (view.getUint8(place) !== 0x2c) return false;
  const colours = place + 10 + gifTableBytes(view.getUint8(place + 9));
  return gifBlocksEnd(view, colours + 1) <= view.byteLength;
}

/**
 * How long the table of colours is that these flags announce.
 * @param {number} flags
 */
const gifTableBytes = (flags) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/**
 * One past a chain of blocks; each begins with its length, and the last one has none.
 * @param {DataView} view
 * @param {number} place
 */
function gifBlocksEnd(view, place) {
  let length = view.getUint8(place);
  while (length > 0) {
    place += 1 + length;
    length = view.getUint8(place);
  }
  return place + 1;
}

/**
 * Rows of uncompressed colours are filled up to four bytes each.
 * @param {DataView} view
 */
function bmpIsWhole(view) {
  const isPlain = view.getUint32(14, true) >= 40 && [0, 3].includes(view.getUint32(30, true));
  if (!isPlain) return true;
  const rowBytes = 4 * Math.ceil((view.getInt32(18, true) * view.getUint16(28, true)) / 32);
  const rows = Math.abs(view.getInt32(22, true));
  return view.getUint32(10, true) + rowBytes * rows <= view.byteLength;
}
