// @ts-check
/** What must not be guessed: PIN, idempotency key, the order of codes. */

/**
 * A number from 0 up to, but not including, `end`, each as likely.
 * @param {number} end at most 65536
 */
export function randomBelow(end) {
  const draw = new Uint16Array(1);
  const fair = 65536 - (65536 % end); // draws above it would favour small numbers
  do crypto.getRandomValues(draw);
  while ((draw[0] ?? 0) >= fair);
  return (draw[0] ?? 0) % end;
}

/** 128 bits, 32 hexadecimal digits. */
export function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The same things in an order that tells nothing.
 * @template T
 * @param {readonly T[]} things
 * @returns {T[]}
 */
export function shuffled(things) {
  const order = [...things];
  for (let end = order.length; end > 1; end -= 1) {
    const [taken] = order.splice(randomBelow(end), 1);
    order.push(/** @type {T} */ (taken));
  }
  return order;
}
