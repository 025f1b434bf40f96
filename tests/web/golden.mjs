/** The golden vectors: right answers for every implementation of our hashes. */

import { readFileSync } from 'node:fs';

const FOLDER = new URL('../../data/golden/', import.meta.url);

/** @param {string} name */
export const bytesOf = (name) => readFileSync(new URL(name, FOLDER));

/** @param {string} name @returns {any} */
export const golden = (name) => JSON.parse(bytesOf(name).toString('utf8'));
