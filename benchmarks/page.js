// Hashes the chosen photos in the worker: milliseconds of each, and the longest pause of the page.
async () => {
  const files = [...document.querySelector('input').files];
  const worker = new Worker('/js/signature-worker.js', { type: 'module' });
  const answer = (kinds) =>
    new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }) => kinds.includes(data.type) && resolve(data);
    });
  worker.postMessage({ type: 'check' });
  await answer(['checked']);

  let pause = 0;
  let last = performance.now();
  const clock = setInterval(() => {
    const now = performance.now();
    pause = Math.max(pause, now - last);
    last = now;
  }, 4);
  const times = [];
  for (const [id, file] of files.entries()) {
    const start = performance.now();
    worker.postMessage({ type: 'hash', id, file });
    const { type } = await answer(['hashed', 'failed']);
    times.push(type === 'hashed' ? performance.now() - start : null);
  }
  clearInterval(clock);
  worker.terminate();
  return { times, pause };
}
