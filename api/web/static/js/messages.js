// @ts-check
/**
 * What the page and its worker say to each other.
 *
 * Start it with `new Worker(url of signature-worker.js, {type: 'module'})`. Photos are hashed one
 * at a time, in the order they come. To cancel, call `terminate()` on the worker: nothing of it
 * stays. A file's name is never read, and no photo leaves the worker.
 *
 * A photo that fails with `Reason.HEIC` can be sent to `heic-worker.js` instead: the same messages,
 * but it loads 2 MB (0.7 MB on the wire), so that a person is asked first. It must be served with
 * `script-src 'self' 'wasm-unsafe-eval'`.
 */

/**
 * Why a photo left no signatures. A closed set: the page has a sentence for each.
 * @readonly
 * @enum {string}
 */
export const Reason = Object.freeze({
  /** The browser alters pixels, so that its hashes would find nothing; see `Checked`. */
  FALSIFIED: 'falsified',
  /** A file of 0 bytes. */
  EMPTY: 'empty',
  /** No photo of a kind that is read here. */
  NOT_A_PHOTO: 'not-a-photo',
  /** A film; only photos are read. */
  VIDEO: 'video',
  /** HEIC or HEIF, which this browser cannot open. */
  HEIC: 'heic',
  /** A photo of another kind that this browser cannot open; TIFF in nearly all of them. */
  UNSUPPORTED: 'unsupported',
  /** It starts like a photo, but it is broken or cut short. */
  DAMAGED: 'damaged',
  /** The device would not hand it over: moved, deleted, or not yet fetched from a cloud. */
  UNREADABLE: 'unreadable',
  /** More than 128 million pixels, or a file of more than 1 GiB. */
  TOO_LARGE: 'too-large',
  /** Less than 5 pixels wide or high. */
  TOO_SMALL: 'too-small',
  /** Nearly one colour: too little to be found again. */
  TOO_FLAT: 'too-flat',
  /** This device has not enough memory for it; it is never scaled down instead. */
  MEMORY: 'memory',
  /** A fault of ours. */
  INTERNAL: 'internal',
});

/** @typedef {typeof Reason[keyof typeof Reason]} ReasonCode */

/**
 * The hashes of one region of one photo, ready to be sent.
 * @typedef {object} Signature
 * @property {'full' | 'crop' | 'anchor'} region how the region was chosen
 * @property {string} pdq 64 lower-case hexadecimal digits
 * @property {string | null} dhash likewise; null where it would say nothing
 * @property {number} quality detail, 10 to 100
 */

/** @typedef {{type: 'check'}} Check Hash a known photo: does this browser leave pixels alone? */
/** @typedef {{type: 'hash', id: number, file: Blob}} HashPhoto `id` is the page's own number. */
/** @typedef {{type: 'solve', challenge: string, bits: number}} Solve See `work.js`. */
/** @typedef {Check | HashPhoto | Solve} ToWorker */

/**
 * `ok` is false where the known photo came out wrong: the reason is then `Reason.FALSIFIED`, and
 * every photo that is sent for hashing fails with it.
 * @typedef {{type: 'checked', ok: boolean}} Checked
 */
/** @typedef {{type: 'progress', id: number, share: number}} Progress `share`: done, 0 to 1. */
/**
 * The full photo first, then its crops, then at most 6 anchors: at most 15, at least 1.
 * @typedef {{type: 'hashed', id: number, signatures: Signature[]}} Hashed
 */
/** @typedef {{type: 'failed', id: number, reason: ReasonCode}} Failed */
/** @typedef {{type: 'solved', solved: string | null}} Solved `solved`: as it is sent. */
/** @typedef {Checked | Progress | Hashed | Failed | Solved} ToPage */

/** A photo that leaves no signatures; the message names the reason and nothing of the photo. */
export class PhotoError extends Error {
  /** @param {ReasonCode} reason */
  constructor(reason) {
    super(reason);
    this.name = 'PhotoError';
    /** @readonly */
    this.reason = reason;
  }
}
