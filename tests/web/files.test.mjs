import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isWhole } from '../../api/web/static/js/file-end.js';
import { formatOf, sizeOf } from '../../api/web/static/js/file-header.js';
import { turnOf, turnWebpUpright } from '../../api/web/static/js/turning.js';
import { bytesOf, golden } from './golden.mjs';

const FILES = golden('hashes.json').vectors.filter((/** @type {any} */ vector) => vector.file);
const SAYS_ITS_SIZE = ['jpeg', 'png', 'gif', 'bmp', 'webp'];
const CUT_BYTES = 100; // of a file that is left without its end

/** @param {string} text one letter for each byte */
const file = (text) => Uint8Array.from(text.padEnd(256, '\0'), (letter) => letter.charCodeAt(0));

for (const { name, file: path, error, width, height, exif } of FILES) {
  test(`${name} is known by its first bytes, and says its size`, () => {
    const bytes = bytesOf(path);
    const format = formatOf(bytes);

    assert.equal(format, name === 'known-answer' ? 'jpeg' : name.split('-')[0]);
    assert.equal(isWhole(bytes, format), !error);
    if (!SAYS_ITS_SIZE.includes(format) || error) return;
    const stored = exif < 5 ? { width, height } : { width: height, height: width };
    assert.deepEqual(sizeOf(bytes, format), stored);
  });

  test(`${name} is not whole without its end`, () => {
    const bytes = bytesOf(path);
    const format = formatOf(bytes);
    if (!SAYS_ITS_SIZE.includes(format)) return;
    // Of an animation the first frame is enough.
    const stop = format === 'gif' ? bytes.length / 4 : bytes.length - CUT_BYTES;

    assert.equal(isWhole(bytes.subarray(0, stop), format), false);
  });
}

test('a PNG with a wrong byte is not whole', () => {
  const bytes = Uint8Array.from(bytesOf('photos/png-rgb.png'));
  bytes[bytes.length >> 1] ^= 1;

  assert.equal(isWhole(bytes, 'png'), false);
});

const OPENINGS = {
  'an MP4 film': ['\0\0\0\x18ftypisom\0\0\0\0isommp42', 'video'],
  'a QuickTime film': ['\0\0\0\x14ftypqt  \0\0\0\0qt  ', 'video'],
  'an old QuickTime film': ['\0\0\0\x08wide', 'video'],
  'a WebM film': ['\x1a\x45\xdf\xa3', 'video'],
  'an AVI film': ['RIFF\0\0\0\0AVI ', 'video'],
  'an AVIF of several brands': ['\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf', 'avif'],
  'a HEIC of several brands': ['\0\0\0\x18ftypmif1\0\0\0\0mif1heic', 'heic'],
  'a sound': ['RIFF\0\0\0\0WAVE', null],
  'a text': ['Dear friend', null],
  nothing: ['', null],
};

for (const [name, [opening, format]] of Object.entries(OPENINGS)) {
  test(`${name} is told from a photo`, () => {
    assert.equal(formatOf(file(/** @type {string} */ (opening))), format);
  });
}

test('a file of a few bytes is no photo, or a broken one', () => {
  const short = Uint8Array.of(0xff, 0xd8, 0xff);

  assert.equal(formatOf(short.subarray(0, 2)), null);
  assert.equal(sizeOf(short, 'jpeg'), null);
  assert.equal(isWhole(short, 'jpeg'), false);
});

for (const isLittle of [true, false]) {
  test(`the orientation of a WebP is read once, ${isLittle ? 'little' : 'big'} end first`, () => {
    const bytes = webpWith(exif(6, isLittle));

    assert.equal(turnWebpUpright(bytes), 6);
    assert.equal(turnWebpUpright(bytes), 1);
  });
}

test('a WebP whose EXIF is cut short counts as upright', () => {
  assert.equal(turnWebpUpright(webpWith(exif(6, true).subarray(0, 12))), 1);
});

test('turns send the corners of a photo to the corners', () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    const { width, height, matrix } = turnOf(orientation, 300, 200);
    const [a, b, c, d, e, f] = matrix;

    const corners = [[0, 0], [300, 0], [0, 200], [300, 200]];
    const turned = corners.map(([x, y]) => `${a * x + c * y + e} ${b * x + d * y + f}`);

    assert.deepEqual(
      turned.sort(),
      [`0 0`, `0 ${height}`, `${width} 0`, `${width} ${height}`].sort(),
    );
  }
});

/**
 * @param {number} orientation
 * @param {boolean} isLittle
 */
function exif(orientation, isLittle) {
  const bytes = new Uint8Array(26);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, isLittle ? 0x49492a00 : 0x4d4d002a);
  view.setUint32(4, 8, isLittle);
  view.setUint16(8, 1, isLittle);
  view.setUint16(10, 0x0112, isLittle);
  view.setUint16(12, 3, isLittle);
  view.setUint32(14, 1, isLittle);
  view.setUint16(18, orientation, isLittle);
  return bytes;
}

/** @param {Uint8Array} block */
function webpWith(block) {
  const bytes = new Uint8Array(20 + block.length);
  bytes.set(file('RIFF\0\0\0\0WEBPEXIF').subarray(0, 16));
  new DataView(bytes.buffer).setUint32(16, block.length, true);
  bytes.set(block, 20);
  return bytes;
}
