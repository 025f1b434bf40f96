import assert from 'node:assert/strict';
import { test } from 'node:test';

import { enrolmentSignatures, fullSignature } from '../../api/web/static/js/enrolment.js';
import { Reason } from '../../api/web/static/js/messages.js';
import { golden } from './golden.mjs';
import { drawn } from './pictures.mjs';

const MIN_SIDE = 5; // a smaller photo is refused before it is hashed
const DRAWN = golden('hashes.json').vectors.filter((/** @type {any} */ vector) => vector.draw);

for (const vector of DRAWN) {
  if (Math.min(vector.width, vector.height) < MIN_SIDE) continue;

  test(`${vector.name} has the golden hashes`, () => {
    const signature = fullSignature(drawn(vector.draw));

    assert.equal(signature.quality, vector.quality);
    // Firm: no float rounding can change a bit.
    if (vector.pdq_firm) assert.equal(signature.pdq, vector.pdq);
    if (vector.dhash_firm) assert.equal(signature.dhash, vector.dhash);
  });
}

for (const name of ['flat', 'black', 'ramp-diagonal', 'dimmed-3']) {
  test(`${name} is too flat to be listed`, () => {
    const { draw } = DRAWN.find((/** @type {any} */ vector) => vector.name === name);

    assert.throws(() => enrolmentSignatures(drawn(draw)), { reason: Reason.TOO_FLAT });
  });
}
