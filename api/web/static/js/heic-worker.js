// @ts-check
/** The worker that hashes HEIC photos which the browser cannot open. See `messages.js`. */

import { openHeic } from './heic.js';
import { serve } from './photo-queue.js';

// No canvas, no falsified pixels: the decoder is ours.
serve({ open: openHeic, leavesPixelsAlone: () => Promise.resolve(true) });
