// @ts-check
/** What a photo file says of itself, read before anything is decoded. */

/** @typedef {'jpeg' | 'png' | 'webp' | 'gif' | 'bmp' | 'tiff' | 'avif' | 'heic' | 'video'} Format */
/** @typedef {{width: number, height: number}} Size pixels as stored, before turning */

/** Bytes, in Latin letters. @type {readonly (readonly [string, Format])[]} */
const OPENINGS = [
  ['\xff\xd8\xff', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  ['BM', 'bmp'],
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
  ['\x1a\x45\xdf\xa3', 'video'], // Matroska, WebM
  ['\0\0\x01\xba', 'video'], // MPEG
  ['\0\0\x01\xb3', 'video'],
  ['\x30\x26\xb2\x75', 'video'], // Windows Media
  ['FLV', 'video'],
  ['OggS', 'video'],
];
/** Kinds of a RIFF file. @type {Record<string, Format>} */
const RIFF_KINDS = { WEBP: 'webp', 'AVI ': 'video' };
const AVIF_BRANDS = ['avif', 'avis'];
const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'msf1'];
/** Boxes that older QuickTime films open with, without naming a brand. */
const FILM_BOXES = ['moov', 'mdat', 'wide'];
const MOST_BRAND_BYTES = 256;

/**
 * The format of a file, or null where it is none that is known here.
 * @param {Uint8Array} bytes of the file, at least the first 256
 * @returns {Format | null}
 */
export function formatOf(bytes) {
  const known = OPENINGS.find(([opening]) => latin(bytes, 0, opening.length) === opening);
  if (known) return known[1];
  if (latin(bytes, 0, 4) === 'RIFF') return RIFF_KINDS[latin(bytes, 8, 12)] ?? null;
  return formatOfBoxes(bytes);
}

/**
 * AVIF, HEIC and most films share a container, which lists the brands it holds.
 * @param {Uint8Array} bytes
 * @returns {Format | null}
 */
function formatOfBoxes(bytes) {
  const kind = latin(bytes, 4, 8);
  if (kind !== 'ftyp') return FILM_BOXES.includes(kind) ? 'video' : null;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const brands = latin(bytes, 8, Math.min(length, MOST_BRAND_BYTES)).match(/[^]{4}/g) ?? [];
  if (brands.some((brand) => AVIF_BRANDS.includes(brand))) return 'avif';
  return brands.some((brand) => HEIC_BRANDS.includes(brand)) ? 'heic' : 'video';
}

/**
 * Bytes as letters, one for each.
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} stop
 */
function latin(bytes, start, stop) {
  return String.fromCharCode(...bytes.subarray(start, stop));
}

/**
 * The size a file says it has; null where it does not say it in a place that is read here.
 * @param {Uint8Array} bytes the whole file
 * @param {Format} format
 * @returns {Size | null}
 */
export function sizeOf(bytes, format) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return SIZES[format]?.(view, bytes) ?? null;
  } catch {
    return null; // the file ends early
  }
}

/** @type {Partial<Record<Format, (view: DataView, bytes: Uint8Array) => Size | null>>} */
const SIZES = {
  jpeg: jpegSize,
  png: (view) => ({ width: view.getUint32(16), height: view.getUint32(20) }),
  gif: (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  bmp: (view) => ({ width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) }),
  webp: webpSize,
};

/**
 * @param {DataView} view
 * @param {Uint8Array} bytes
 * @returns {Size | null}
 */
function webpSize(view, bytes) {
  const kind = latin(bytes, 12, 16);
  if (kind === 'VP8 ') {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  if (kind === 'VP8L') {
    const packed = view.getUint32(21, true);
    return { width: (packed & 0x3fff) + 1, height: ((packed >> 14) & 0x3fff) + 1 };
  }
  const width = (view.getUint32(24, true) & 0xffffff) + 1;
  return { width, height: (view.getUint32(26, true) >>> 8) + 1 };
}

export const JPEG_SCAN = 0xda;

/**
 * @param {DataView} view
 * @returns {Size | null}
 */
function jpegSize(view) {
  for (const { marker, start } of jpegSegments(view)) {
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(start + 3), height: view.getUint16(start + 1) };
  }
  return null;
}

/**
 * The segments of a JPEG up to its first scan.
 * @param {DataView} view
 * @returns {Generator<{marker: number, start: number}>} `start`: place of what the segment holds
 */
export function* jpegSegments(view) {
  for (let place = 2, marker = 0; place + 4 <= view.byteLength && marker !== JPEG_SCAN; ) {
    if (view.getUint8(place) !== 0xff) return;
    marker = view.getUint8(place + 1);
    const isFill = marker === 0xff;
    const isAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
    if (!isFill && !isAlone) yield { marker, start: place + 4 };
    if (isFill) place += 1;
    else place += isAlone ? 2 : 2 + Math.max(view.getUint16(place + 2), 2);
  }
}
