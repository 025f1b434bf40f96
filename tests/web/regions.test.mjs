import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import { enrolmentRegions } from '../../api/web/static/js/enrolment.js';
import { Grid } from '../../api/web/static/js/grid.js';
import { smoothed } from '../../api/web/static/js/parts.js';
import { readRows } from '../../api/web/static/js/pixels.js';
import { golden } from './golden.mjs';
import { collage } from './pictures.mjs';

/** @param {Uint8Array} bytes */
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

for (const vector of golden('regions.json')) {
  test(`${vector.name} has the golden regions`, () => {
    const pixels = collage(vector.picture);
    const grid = new Grid(pixels.width, pixels.height);
    readRows(pixels, { x0: 0, y0: 0, x1: pixels.width, y1: pixels.height }, [grid], () => {});

    assert.deepEqual([grid.rows, grid.columns], [vector.grid.height, vector.grid.width]);
    assert.equal(digest(grid.cells), vector.grid.sha256);
    if (vector.smoothed_sha256) {
      assert.equal(digest(smoothed(grid.cells, grid.columns)), vector.smoothed_sha256.plain);
    }
    assert.deepEqual(
      enrolmentRegions(pixels).map(({ kind, box }) => [kind, box.x0, box.y0, box.x1, box.y1]),
      vector.enrolment,
    );
  });
}
