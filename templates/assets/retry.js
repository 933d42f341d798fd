// Retries of requests that a gateway refused: it answers 429 or 503 by itself where all instances
// are busy, and then a later try succeeds. The site's own 503 says why, and is not retried.

/** Milliseconds before each retry. */
export const WAITS = [700, 2000, 5000];

/** A wait that ends early, with an error, where the signal aborts. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** True for an answer of the site itself: its errors are documents of RFC 9457. */
export const isOwn = (response) => /\bproblem\+json\b/.test(response.headers.get("content-type") ?? "");

/** The refusal of a gateway, or nothing. */
const isRefused = (response) => (response.status === 429 || response.status === 503) && !isOwn(response);

/** Asks until a gateway lets the request through, or the waits are used up: then its refusal is the
 * answer. `waiting` is told of each wait. */
export async function patient(ask, { signal, waits = WAITS, waiting = () => {} } = {}) {
  for (const wait of waits) {
    const response = await ask();
    if (!isRefused(response)) return response;
    waiting(wait);
    await pause(wait, signal);
  }
  return ask();
}
