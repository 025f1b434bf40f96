// @ts-check
/**
 * Takes away a worker's means to send anything anywhere but to its page.
 *
 * The second net: the first is the Content-Security-Policy that the worker is served with.
 */

const WAYS = [
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'WebSocketStream',
  'EventSource',
  'WebTransport',
  'importScripts',
  'BroadcastChannel',
  'indexedDB',
  'caches',
  'Worker',
  'SharedWorker',
];

/** Once all modules are loaded; it cannot be undone. */
export function closeWaysOut() {
  for (let scope = globalThis; scope; scope = Object.getPrototypeOf(scope)) {
    for (const name of WAYS) {
      if (scope === globalThis || Object.hasOwn(scope, name)) hide(scope, name);
    }
  }
}

/**
 * @param {object} scope
 * @param {string} name
 */
function hide(scope, name) {
  Object.defineProperty(scope, name, { value: undefined, writable: false, configurable: false });
}
