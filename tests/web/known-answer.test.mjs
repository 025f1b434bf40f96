import assert from 'node:assert/strict';
import { test } from 'node:test';

import { KNOWN_PDQ, knownPhoto } from '../../api/web/static/js/known-answer.js';
import { bytesOf, golden } from './golden.mjs';

test('the known photo and its hash are the golden ones', () => {
  const { vectors } = golden('hashes.json');
  const { file, pdq } = vectors.find((/** @type {any} */ vector) => vector.name === 'known-answer');

  assert.deepEqual(knownPhoto(), Uint8Array.from(bytesOf(file)));
  assert.equal(KNOWN_PDQ, pdq);
});
