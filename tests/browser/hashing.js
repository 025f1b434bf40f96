// Hashes what is chosen on the page, in a worker, and tells all that the worker said.
async () => {
  const files = [...document.querySelector('input').files];
  const worker = new Worker('/js/WORKER', { type: 'module' });
  const told = [];
  const done = new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }) => {
      told.push({ ...data, at: performance.now() });
      const ends = told.filter(({ type }) => type === 'hashed' || type === 'failed').length;
      if (ends === files.length) resolve();
    };
  });
  worker.postMessage({ type: 'check' });
  files.forEach((file, id) => worker.postMessage({ type: 'hash', id, file }));
  await done;
  worker.terminate();
  return told;
}
