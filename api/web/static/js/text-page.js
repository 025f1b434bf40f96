// @ts-check
/** The pages that are only text: they hold nothing, but one leaves them in the same way. */
import { guardLeaving } from './leave.js';

guardLeaving(() => {});
