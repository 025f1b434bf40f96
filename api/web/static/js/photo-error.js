// @ts-check
/** A photo that leaves no signatures, and why. */

/** Its message is the reason alone: nothing of the photo, nothing of its file. */
export class PhotoError extends Error {
  /** @param {import('./messages.js').ReasonCode} reason */
  constructor(reason) {
    super(reason);
    this.name = 'PhotoError';
    /** @readonly */
    this.reason = reason;
  }
}
