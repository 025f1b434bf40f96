// What the page sends and draws: batches that fit, PINs and numbers that can be read.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { additionBody, codesIn, fingerprint, planOf, shownBodies } from '../../api/web/static/js/plans.js';
import { randomBelow, randomKey, shuffled } from '../../api/web/static/js/randomness.js';
import { isSimple, randomPin, readNumber, readPin } from '../../api/web/static/js/secrets.js';

const CAP_BYTES = 16 * 2 ** 10;
const NUMBER = '7QK2-M4RT-0XVB-9HDC';

function signatures(count) {
  const hash = (n) => n.toString(16).padStart(64, '0');
  return Array.from({ length: count }, (_, n) => ({
    region: 'anchor', pdq: hash(n), dhash: hash(n + 1), quality: 100,
  }));
}

test('300 codes fit into bodies below the cap, each code once', () => {
  const plan = planOf(signatures(300));

  const bodies = plan.batches.map((batch) => JSON.stringify(additionBody(NUMBER, '402913', batch)));

  assert.ok(bodies.every((body) => Buffer.byteLength(body) <= CAP_BYTES));
  assert.equal(new Set(plan.batches.flat().map((one) => one.pdq)).size, 300);
  assert.equal(codesIn(plan), 300);
});

test('a code goes out once, and nothing that a worker may add goes with it', () => {
  const twice = [...signatures(2), ...signatures(2)].map((one) => ({ ...one, name: 'IMG_1.jpg' }));

  const plan = planOf(twice);

  assert.equal(codesIn(plan), 2);
  assert.ok(!shownBodies(plan).includes('IMG_1'));
});

test('the same codes in another order are the same photo', () => {
  const [first, second] = signatures(2);

  assert.equal(fingerprint([first, second]), fingerprint([second, first]));
  assert.notEqual(fingerprint([first]), fingerprint([second]));
});

test('no plan shares its key or, in the long run, its order', () => {
  const keys = new Set(Array.from({ length: 50 }, () => planOf(signatures(1)).key));
  const orders = new Set(Array.from({ length: 50 }, () => shuffled([1, 2, 3, 4, 5, 6]).join()));

  assert.equal(keys.size, 50);
  assert.ok([...keys].every((key) => /^[0-9a-f]{32}$/.test(key)));
  assert.ok(orders.size > 25);
  assert.match(randomKey(), /^[0-9a-f]{32}$/);
});

test('every number below the end is as likely', () => {
  const counts = new Array(10).fill(0);
  for (let draw = 0; draw < 20_000; draw += 1) counts[randomBelow(10)] += 1;

  assert.ok(counts.every((count) => Math.abs(count - 2000) < 300)); // seven standard deviations
});

test('a PIN that is drawn is never simple', () => {
  for (let draw = 0; draw < 2000; draw += 1) {
    const pin = randomPin();
    assert.match(pin, /^[0-9]{6}$/);
    assert.ok(!isSimple(pin), pin);
  }
});

test('simple PINs are known as such, others are not', () => {
  const simple = ['123456', '654321', '000000', '121212', '123123', '112211', '199807', '201015'];

  assert.deepEqual(simple.filter((pin) => !isSimple(pin)), []);
  assert.deepEqual(['402913', '135792', '987123', '110293'].filter(isSimple), []);
});

test('PINs and numbers are read as people write them', () => {
  assert.equal(readPin(' 402 913 '), '402913');
  assert.equal(readNumber('7qk2 m4rt-oxvb 9hdc'), NUMBER);
  assert.equal(readNumber('7QK2M4RT0XVB9HDl'), '7QK2-M4RT-0XVB-9HD1');
  for (const wrong of ['', '12345', '1234567', '12345a', '１２３４５６']) assert.equal(readPin(wrong), null);
  for (const wrong of ['', NUMBER.slice(1), `${NUMBER}0`, NUMBER.replace('C', 'U')]) {
    assert.equal(readNumber(wrong), null);
  }
});
