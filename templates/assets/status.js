// The state of loading, on screen and for screen readers: loading, slow, failed, done.

import { element } from "./cells.js";

// Milliseconds until loading is announced, and until the user is offered to stop it.
const ANNOUNCE_AFTER = 400;
const OFFER_STOP_AFTER = 4000;

/** Names and values in the quotes that people write, as on the server's own page of an error. */
function quoted(words) {
  return words?.replace(/`(.*?)`(?![\p{L}\p{N}_`])/gsu, "“$1”");
}

/** Shows the state of one table. */
export class Status {
  constructor({ status, problem, scroller, table }) {
    Object.assign(this, { status, problem, scroller, table, timers: [] });
  }

  /** Rows have been requested; `cancel` aborts. */
  loading(cancel) {
    this.clearTimers();
    this.problem.replaceChildren();
    this.scroller.classList.add("busy");
    this.table.setAttribute("aria-busy", "true");
    this.timers = [
      setTimeout(() => this.announce("Loading rows…"), ANNOUNCE_AFTER),
      setTimeout(() => this.slow(cancel), OFFER_STOP_AFTER),
    ];
  }

  slow(cancel) {
    this.waits("The database is still working.", cancel);
  }

  /** The gateway has refused; the request is sent again. */
  busy(cancel) {
    this.clearTimers();
    this.announce("The server is busy, trying again…");
    this.waits("The server is busy. Trying again…", cancel);
  }

  waits(words, cancel) {
    const button = element("button", { type: "button", class: "btn btn-quiet" }, "Stop waiting");
    button.addEventListener("click", cancel);
    const below = this.scroller.hidden ? "" : " The rows below are the previous ones.";
    const text = element("p", {}, words + below);
    this.problem.replaceChildren(element("div", { class: "notice slow" }, text, button));
  }

  /** Rows have arrived. */
  done(words) {
    this.finish();
    this.problem.replaceChildren();
    this.announce(words);
  }

  /** No rows have arrived. `problem`: a document of RFC 9457, or the script's own in its place. */
  failed(problem, { retry, restart }) {
    this.finish();
    this.announce("");
    const again = element("button", { type: "button", class: "btn btn-primary" }, "Try again");
    again.addEventListener("click", retry);
    const id = problem.requestId && element("code", {}, problem.requestId);
    const box = element(
      "div",
      { class: "notice failed" },
      element("h2", {}, problem.title),
      element("p", { dir: "auto" }, quoted(problem.detail)),
      id && element("p", { class: "request" }, "Request number: ", id),
      element(
        "p",
        { class: "actions" },
        again,
        element("a", { class: "btn btn-quiet", href: restart }, "Start again with all rows"),
      ),
    );
    this.problem.replaceChildren(box);
  }

  /** Loading was stopped by the user. */
  stopped() {
    this.finish();
    this.problem.replaceChildren();
    this.announce("Stopped.");
  }

  finish() {
    this.clearTimers();
    this.scroller.classList.remove("busy");
    this.table.removeAttribute("aria-busy");
  }

  clearTimers() {
    this.timers.forEach(clearTimeout);
    this.timers = [];
  }

  announce(words) {
    this.status.textContent = words;
  }
}
