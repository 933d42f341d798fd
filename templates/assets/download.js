// "Download all rows": follows the pages as CSV or NDJSON and makes one file of them. A file that
// lacks rows says so in its name.

import { element } from "./cells.js";
import { fileName, incomplete, openFile, save } from "./file.js";
import { Rows, Stop } from "./take.js";

const TYPES = { csv: "text/csv", ndjson: "application/x-ndjson" };
const byId = (id) => document.getElementById(id);
const grouped = (count) => count.toLocaleString("en");
const megabytes = (bytes) => `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;
const rowsIn = (count) => `${grouped(count)} ${count === 1 ? "row" : "rows"}`;

/** The address of the first page of all rows that the page is about, with its filters, sort and
 * columns. */
function addressOf(box, format) {
  const shown = new URL(document.querySelector(".formats a").href);
  for (const name of ["_next", "_count", "_view"]) shown.searchParams.delete(name);
  shown.searchParams.set("_size", box.dataset.size);
  shown.searchParams.set("_format", format);
  return shown.pathname + shown.search;
}

/** One download, from the click to the file. */
class Download {
  constructor(box, { format, total }) {
    this.box = box;
    this.total = total;
    this.name = `${box.dataset.table}.${format}`;
    this.type = TYPES[format];
    this.source = new Rows(addressOf(box, format), format, this.type);
    this.bar = element("progress", { "aria-label": "Rows downloaded", max: total ?? null });
    this.words = element("p", { class: "download-words" });
    this.actions = element("p", { class: "actions" });
    this.area = byId("download-progress");
  }

  async run() {
    this.started = performance.now();
    this.file = await openFile();
    this.area.replaceChildren(this.bar, this.words, this.actions);
    addEventListener("beforeunload", warn);
    announce("The download has begun.");
    await this.follow();
  }

  /** Takes page after page, until the end or until something is in the way. */
  async follow() {
    this.controller = new AbortController();
    this.offer(["Cancel", () => this.controller.abort("cancelled")]);
    this.area.classList.remove("failed");
    const { signal } = this.controller;
    const waiting = (wait) => this.show(` Busy: next try in ${Math.ceil(wait / 1000)} s.`);
    try {
      while (this.source.next) {
        const isFirst = this.source.columns === null;
        const { response, bytes } = await this.source.page({ signal, waiting });
        if (isFirst) this.name = fileName(response, this.name);
        await this.file.write(bytes);
        this.show();
      }
      await this.complete();
    } catch (problem) {
      await this.interrupted(signal.aborted ? new Stop("Cancelled.", { isFinal: true }) : problem);
    }
  }

  show(more = "") {
    const { rows, bytes } = this.source;
    const seconds = (performance.now() - this.started) / 1000;
    const rate = `${grouped(Math.round(rows / seconds))} rows/s, ${megabytes(bytes / seconds)}/s`;
    const of = this.total ? ` of ${grouped(this.total)}` : "";
    this.words.textContent = `${grouped(rows)}${of} rows, ${megabytes(bytes)}, ${rate}.${more}`;
    if (this.total) this.bar.value = Math.min(rows, this.total);
  }

  async complete() {
    await save(this.file, this.name, this.type);
    const { rows, bytes, cut } = this.source;
    const columns = [...cut].join(", ");
    const missing = cut.size ? ` Values of ${columns} were too large and are cut: they end in “… [cut]”.` : "";
    this.end(`${rowsIn(rows)}, complete (${megabytes(bytes)}).${missing}`);
  }

  /** Something is in the way. What can pass is waited for, by the person. */
  async interrupted(problem) {
    const { rows } = this.source;
    const reason = problem instanceof Stop ? problem.message : "The rows could not be written to a file.";
    this.area.classList.add("failed");
    if (problem instanceof Stop && !problem.isFinal) {
      const number = problem.requestId ? ` Request number: ${problem.requestId}.` : "";
      this.words.textContent = `${rowsIn(rows)} so far, more follow. ${reason}${number}`;
      this.offer(["Continue", () => this.follow()], ["Save what there is", () => this.saveIncomplete(reason)]);
      if (problem.signIn)
        this.actions.prepend(
          element("a", { class: "btn btn-quiet", href: "/login?to=/me", target: "_blank" }, "Sign in"),
        );
      announce(this.words.textContent);
      return;
    }
    await this.saveIncomplete(reason);
  }

  async saveIncomplete(reason) {
    const { rows } = this.source;
    const name = incomplete(this.name);
    if (rows > 0) await save(this.file, name, this.type);
    else await this.file.drop();
    const saved = rows > 0 ? ` What came is in “${name}”.` : "";
    this.area.classList.add("failed");
    this.end(`Incomplete: ${rowsIn(rows)}, and more follow. ${reason}${saved}`);
  }

  end(words) {
    removeEventListener("beforeunload", warn);
    this.bar.remove();
    this.actions.replaceChildren();
    this.words.textContent = words;
    byId("download-start").disabled = false;
    byId("download-format").disabled = false;
    announce(words);
  }

  offer(...choices) {
    const buttons = choices.map(([label, act]) => {
      const button = element("button", { type: "button", class: "btn btn-quiet" }, label);
      button.addEventListener("click", act);
      return button;
    });
    this.actions.replaceChildren(...buttons);
  }
}

function warn(event) {
  event.preventDefault();
}

function announce(words) {
  byId("status").textContent = words;
}

/** Lets the button download. */
export function listenForDownloads() {
  const box = byId("download");
  byId("download-start").addEventListener("click", () => {
    const format = byId("download-format").value;
    byId("download-start").disabled = true;
    byId("download-format").disabled = true;
    void new Download(box, { format, total: Number(box.dataset.total) || null }).run();
  });
}
