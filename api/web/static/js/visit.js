// @ts-check
/** All that the page knows, in memory alone: gone with the visit. */

/** @typedef {import('./messages.js').Signature} Signature */
/**
 * @typedef {object} Photo
 * @property {File} file its name is never shown nor sent
 * @property {Signature[] | null} signatures once they are made
 * @property {string | null} reason why there are none
 */
/**
 * @typedef {object} Visit
 * @property {Photo[]} photos
 * @property {import('./plans.js').Plan | null} plan what is to be sent
 * @property {boolean | null} heic whether to download a decoder; null before she was asked
 * @property {string} pin
 * @property {string} number the case's, once it is open
 * @property {{number: string, pin: string}} typed on the screen of a returning visitor
 */

/** @returns {Visit} */
const fresh = () => ({
  photos: [],
  plan: null,
  heic: null,
  pin: '',
  number: '',
  typed: { number: '', pin: '' },
});

/** @type {Visit} */
export const visit = fresh();

/** Drop all of it. */
export function forgetVisit() {
  Object.assign(visit, fresh());
}

/** The photos whose codes are sent. */
export function goodPhotos() {
  return visit.photos.filter((photo) => photo.signatures && !photo.reason);
}

/** Whether a case may be open whose number has not come: to forget it now would lose it. */
export function isUnanswered() {
  return Boolean(visit.plan?.tried) && !visit.number;
}
