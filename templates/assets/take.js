// All rows, page by page: each page is asked for when the one before is written, because an instance
// answers one request at a time. A page counts only when all of it has come.

import { ask, pause, WAITS } from "./ask.js";
import { part } from "./records.js";

/** The address of the next page in the `Link` header (RFC 8288), or nothing at the end. */
export function nextOf(response) {
  const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(response.headers.get("link") ?? "");
  return link?.[1] ?? null;
}

/** Why the rows do not come. `isFinal`: to ask again would not help. */
export class Stop extends Error {
  constructor(reason, { isFinal = false, signIn = false, requestId } = {}) {
    super(reason);
    Object.assign(this, { isFinal, signIn, requestId });
  }
}

async function refusal(response) {
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  const problem = isJson ? await response.json().catch(() => null) : null;
  const { status } = response;
  // Of the site's own sign-in, or of a proxy's before it, which has no problem document.
  if (status === 401 || response.redirected || (status === 403 && !problem?.type)) {
    const signIn = Boolean(problem?.type?.endsWith(":sign-in-needed"));
    return new Stop("Your session has ended. Sign in again in another tab, then continue.", { signIn });
  }
  const reason = problem?.detail ?? `The server answered with status ${status}.`;
  const isFinal = status >= 400 && status < 500 && ![408, 425, 429].includes(status);
  return new Stop(reason, { isFinal, requestId: problem?.requestId });
}

/** The rows from an address on. */
export class Rows {
  constructor(href, format, type) {
    // An audit of the site calls all its requests one download. Without TLS a browser has no UUIDs.
    this.id = crypto.randomUUID?.() ?? Date.now().toString(36);
    Object.assign(this, { next: href, format, type, rows: 0, bytes: 0, cut: new Set(), columns: null });
  }

  /** The next page as bytes for the file. */
  async page({ signal, waiting }) {
    const { response, body } = await this.#answer({ signal, waiting });
    const isFirst = this.columns === null;
    const { bytes, rows, columns } = part(body, this.format, isFirst);
    if (!isFirst && columns && columns !== this.columns)
      throw new Stop("The table's columns have changed meanwhile. Start again to have all rows alike.", {
        isFinal: true,
      });
    if (columns || isFirst) this.columns = columns;
    this.next = nextOf(response);
    this.rows += rows;
    this.bytes += bytes.length;
    for (const column of (response.headers.get("page-cut") ?? "").split(", "))
      if (column) this.cut.add(decodeURIComponent(column));
    return { response, bytes };
  }

  /** An answer with all of its body: a line that breaks is retried like a refusal. */
  async #answer({ signal, waiting }) {
    const options = { signal, cache: "no-store", headers: { accept: this.type, "download-id": this.id } };
    for (const wait of [...WAITS, null]) {
      try {
        const response = await ask(this.next, options, waiting);
        if (!response.ok || !(response.headers.get("content-type") ?? "").startsWith(this.type))
          throw await refusal(response);
        return { response, body: new Uint8Array(await response.arrayBuffer()) };
      } catch (problem) {
        if (signal.aborted || problem instanceof Stop) throw problem;
        if (wait === null) throw new Stop("The server could not be reached.");
        waiting(wait);
        await pause(wait, signal);
      }
    }
    return null;
  }
}
