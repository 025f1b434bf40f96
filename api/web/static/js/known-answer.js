// @ts-check
/**
 * Does this browser leave pixels alone? A photo whose hash is known tells.
 *
 * Some browsers alter what a page reads back, so that nobody can be recognised by it. That is
 * meant well, but hashes of altered pixels find nothing.
 */

import { hammingDistance } from './bits.js';
import { fullSignature } from './enrolment.js';
import { openPhoto } from './photo.js';

/** Bits: noise in single pixels does no harm and must not turn a person away. */
const TOLERANCE = 4;

/** `data/golden/photos/known-answer.jpg`, a drawn picture. */
const KNOWN_PHOTO = [
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYW',
  'ICwgIyYnKSopGR8tMC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgo',
  'KCgoKCgoKCgoKCgoKCgoKCgoKCj/wAARCABgAIADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcI',
  'CQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRol',
  'JicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ip',
  'qrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAA',
  'AAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLR',
  'ChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaX',
  'mJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEA',
  'PwD5egWtK3XpVWCOtK3j6VpVoHLVLlsvSta1XpVK2j6Vq20deZVonDNF+1XpWxar0rPtY+lbNpH0rzqtI52jRtF6Vt2a',
  '9KzLSPpW5Zx9K82rTJUTUs16Vu2S9KyrOPpW9ZR9K86rA1jE1rFelbkK/uxWZYx9K2o0wgrz5x1O2jC7RHtqjenrWk/y',
  'qTWPev1ruwtO7Po4Pkp2MW+PWuevj1ravn61z1+/WvsMBS2PKxNQ+UreKtO2i6UlvB7Vp28HTivrK1ImrAdbQ9OK1rWH',
  'pUdtB04rWtYPavKrUzinAltYelbFpF0qG1g6cVs2kHTivKrQMXTJ7SHpW3Zw9Kr2kHTituzg6cV5daIKkWrOHpW9ZQ9K',
  'p2cHTit6yg6cV5VZG8KRdsYelae3ApLOHAzin3DBFPrXDyc0j0cNRs7spXjgAisC+l61o303XmufvpuvNe3gsNsbV69j',
  'Nvpetc9fy9a0r6brzXO383XmvsMDh9jwcViDxa3tvatO3tunFWbe09q07e06cV9HXgfR1KJXtrbpxWta23tU9tadOK1b',
  'W09q8evE5JUSK1tunFbNpbdOKktbTpxWxaWntXj10ZewG2lt04rbs7bpxS2lp04rbs7TpxXj1yo0BbO26cVvWVt04ptn',
  'a9OK1UCwpnvXk1U27I2VJQV2I+IY8d6yL2frzVi9uevNYF9c9ea6MLg23dmVTEKKsivfT9ea56+uOvNWb65681z19c9e',
  'a+oweD8jyMRiitfXHXmucv7jrzVq/uevNc/dSmRsCvrcFhLHg4jEuTshLez9q07az6cVp29j7Vp29j04roxCP1uphjNt',
  'rPpxWva2fTir9tY9OK1rWx9q8PEHNLDFG1s+nFbFpZ9OKu2tj04rWt7dV614tcyeHUdWV7Sz6cVsW1uEAzSRADoKsIeK',
  '8qpScjir4mlRWhYTCj0FVby5ABANR3NyEXANYd7edeaKOBcnex4VfMOZ3HXt115rAvrrrzSXt515rn7686817+Fy/wAj',
  'yq2NC+uuvNc9fXXXmi+vOvNYk8jSn2r6bCYG2rPIq4pzfLEjuZjIxANQKlTBKkVK9unTUVZHpZdlsqsuaR6LBYj2rSt7',
  'NRjpVaCStCFxXmVeWfU/Wa+PpRLUECLjir8KqOgqnEw4q5Ea82rhrniYnOYx2LcfarMZqrGelWEOK8+phD5rGZ55lpDU',
  'dxdBFwDVS4u1RcA1i3l915rOGXOb2Pm6+aOo9y3eXvXmsG9vevNVL2/681hXl9nODXr4fK/I8+pmHmWb29681gXl4WJA',
  'OaSeR5DyeKrmOvao4GMDOmquJdlsVZNznLUgjq15dKI67o07H1WWZK202isI6esdWBHTtoUZPAraMD9JynJLW0OvgkrQ',
  'hk6VhwSVoQydK+I+tH5Zic+Xc2oZOlXYpKxoZOlWvtKxjk80fWLnzWLz6+iZtJMFGSeKgudRCjANYNxqDHO3NZ09xI/e',
  'uqj72sjyHjalZ6GreakOeaxbq/LE4zVeTJ6nNQMK9ai6aOujhMRXfYimkdzyaqslWmFMK13xrQPpMBw/KTTkiqY6aY6s',
  'laaVrRVon3mWcOvTQr+XS7KfI6RjLGsy91JUBCnFaQnzbI+9wWT08Or1C3NMkQOSM1iahqeAcGsy/wBUySAax5rhnOWN',
  'ehRpdZHXiMfTw8bR0P/Z',
].join('');

/** Its PDQ. */
export const KNOWN_PDQ = 'd639a9c25b2de656aca96947d6b89562a28d4cb2c9ad537aaac4aa9955d25534';

/**
 * Hash the known photo the way every photo is hashed.
 * @returns {Promise<boolean>} whether the answer is right
 */
export async function leavesPixelsAlone() {
  try {
    const photo = await openPhoto(new Blob([knownPhoto()]));
    try {
      return hammingDistance(fullSignature(photo).pdq, KNOWN_PDQ) <= TOLERANCE;
    } finally {
      photo.close();
    }
  } catch {
    return false;
  }
}

/** The bytes of the known photo. */
export function knownPhoto() {
  return Uint8Array.from(atob(KNOWN_PHOTO), (letter) => letter.charCodeAt(0));
}
