// Pictures of the rows. Where no instance of the function is free, the gateway refuses some of them: they
// are asked for again.

import { WAITS } from "./ask.js";

/** Asks again for pictures of a table that did not come. */
export function keepAskingForPictures(table) {
  const tries = new WeakMap();
  const again = ({ target }) => {
    const tried = tries.get(target) ?? 0;
    if (!target.matches(".thumb") || tried === WAITS.length) return;
    tries.set(target, tried + 1);
    const { src } = target;
    setTimeout(() => (target.src = src), WAITS[tried]);
  };
  // This event does not rise from a picture to its table.
  table.addEventListener("error", again, { capture: true });
}
