// What goes on, for eyes and for screen readers: loading, slow, failed, done.

import { element } from "./cells.js";

// Milliseconds until a wait is worth a word, and until it is worth an excuse.
const A_WAIT = 400;
const A_LONG_WAIT = 4000;

/** Names and values in the quotes that people write, as on the server's own page of an error. */
function quoted(words) {
  return words?.replace(/`(.*?)`(?![\p{L}\p{N}_`])/gsu, "“$1”");
}

/** A teller of one table's state. */
export class Teller {
  constructor({ said, trouble, scroller, table }) {
    Object.assign(this, { said, trouble, scroller, table, timers: [] });
  }

  /** Rows have been asked for; `cancel` gives up. */
  loading(cancel) {
    this.quiet();
    this.trouble.replaceChildren();
    this.scroller.classList.add("busy");
    this.table.setAttribute("aria-busy", "true");
    this.timers = [
      setTimeout(() => this.say("Loading rows…"), A_WAIT),
      setTimeout(() => this.slow(cancel), A_LONG_WAIT),
    ];
  }

  slow(cancel) {
    const button = element("button", { type: "button", class: "btn btn-quiet" }, "Stop waiting");
    button.addEventListener("click", cancel);
    const below = this.scroller.hidden ? "" : " The rows below are the ones from before.";
    const words = element("p", {}, `The database is still at work.${below}`);
    this.trouble.replaceChildren(element("div", { class: "notice slow" }, words, button));
  }

  /** Rows have come. */
  done(words) {
    this.rest();
    this.trouble.replaceChildren();
    this.say(words);
  }

  /** No rows have come. `problem`: a document of RFC 9457, or what we say in its place. */
  failed(problem, { retry, restart }) {
    this.rest();
    this.say("");
    const again = element("button", { type: "button", class: "btn btn-primary" }, "Try again");
    again.addEventListener("click", retry);
    const id = problem.requestId && element("code", {}, problem.requestId);
    const box = element(
      "div",
      { class: "notice failed" },
      element("h2", {}, problem.title),
      element("p", { dir: "auto" }, quoted(problem.detail)),
      id && element("p", { class: "request" }, "Number of the request: ", id),
      element(
        "p",
        { class: "actions" },
        again,
        element("a", { class: "btn btn-quiet", href: restart }, "Start again with all rows"),
      ),
    );
    this.trouble.replaceChildren(box);
  }

  /** Nobody waits any more. */
  stopped() {
    this.rest();
    this.trouble.replaceChildren();
    this.say("Stopped.");
  }

  rest() {
    this.quiet();
    this.scroller.classList.remove("busy");
    this.table.removeAttribute("aria-busy");
  }

  quiet() {
    this.timers.forEach(clearTimeout);
    this.timers = [];
  }

  say(words) {
    this.said.textContent = words;
  }
}
