// The sum before a case is opened: own SHA-256, the same answers as Python's and node's.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';

import { solution } from '../../api/web/static/js/work.js';

const CHALLENGE = 'AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK-2vcTL0tng5-71';

test('the lowest number is found', () => {
  for (const [bits, number] of [[1, '00000001'], [8, '0000004b'], [16, '0002b5bd']]) {
    assert.equal(solution(CHALLENGE, bits), `${CHALLENGE}.${number}`);
  }
});

test('any challenge is solved as SHA-256 has it', () => {
  for (let k = 0; k < 200; k += 1) {
    const challenge = randomBytes(36).toString('base64url');
    const [same, number] = solution(challenge, 6).split('.');
    const content = Buffer.concat([Buffer.from(same, 'base64url'), Buffer.from(number, 'hex')]);

    assert.equal(same, challenge);
    assert.ok(createHash('sha256').update(content).digest()[0] < 4);
  }
});

test('too much and what is no challenge are left', () => {
  for (const bits of [-1, 0, 27, NaN]) assert.equal(solution(CHALLENGE, bits), null);
  for (const text of ['', CHALLENGE.slice(1), `${CHALLENGE}A`]) assert.equal(solution(text, 1), null);
});
