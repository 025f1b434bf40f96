// @ts-check
/** Which kind of file this is: its first bytes decide, never its name. */

/** @typedef {'jpeg' | 'png' | 'webp' | 'gif' | 'bmp' | 'tiff' | 'avif' | 'heic' | 'video'} Format */

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
export function latin(bytes, start, stop) {
  return String.fromCharCode(...bytes.subarray(start, stop));
}
