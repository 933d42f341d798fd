// Requests to the site. Where no instance of a function is free, the gateway refuses at once, with
// 503 or 429 and without a time to come back. The script asks again.

// Milliseconds before each further attempt; each wait varies by a quarter, so that pages refused
// together do not come back together.
export const WAITS = [300, 900, 2700];

/** What fetch gives. `onBusy` is called before each wait, with its milliseconds. */
export async function ask(address, options = {}, onBusy = () => {}) {
  for (const wait of WAITS) {
    const response = await fetch(address, options);
    if (!isRefusal(response)) return response;
    onBusy(wait);
    await pause(wait * (0.75 + Math.random() / 2), options.signal);
  }
  return fetch(address, options);
}

/** Whether the answer is a gateway's, not the site's: all of the site's own have a policy. */
function isRefusal({ status, headers }) {
  const isOurs = headers.has("content-security-policy");
  return (status === 429 || status === 503) && !isOurs && !headers.has("retry-after");
}

/** A wait that ends early, with an error, where the signal aborts. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
