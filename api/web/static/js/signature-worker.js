// @ts-check
/** The worker that hashes photos, opened by the browser itself. See `messages.js`. */

import { leavesPixelsAlone } from './known-answer.js';
import { serve } from './photo-queue.js';
import { openPhoto } from './photo.js';

serve({ open: openPhoto, leavesPixelsAlone });
