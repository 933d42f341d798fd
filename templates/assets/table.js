// Makes a page of rows lively: search as one types, sort, page size and paging without loading the page anew. DataTables
// draws; the rows always come from our public JSON API, in its own parameters, and in the database's order. The page is
// complete without any of this.

import DataTable from "datatables.net-bs5";
import "datatables.net-responsive-bs5";
import { content, dress } from "./cells.js";
import { prepare } from "./paper.js";
import { heads, pager, show, vanish } from "./parts.js";
import { details, expander, fit, gather, hide, widthsOf } from "./phone.js";
import { Teller } from "./says.js";
import { address, others, parameter, readSort, writeSort } from "./state.js";

// Milliseconds of rest after which a typed text is searched for.
const TYPING = 300;
const PHONE = "(max-width: 47.99rem)";

// A fault of ours belongs in the console, not in a box before somebody's eyes.
DataTable.ext.errMode = "throw";

const byId = (id) => document.getElementById(id);
const table = byId("rows");
const columns = [...table.tHead.rows[0].cells].map((cell) => ({
  name: cell.dataset.column,
  title: cell.dataset.label,
  type: cell.dataset.kind,
  odd: "odd" in cell.dataset,
  numeric: cell.classList.contains("num"),
  sortable: cell.querySelector(".sort") !== null,
}));
const search = byId("q");
const size = byId("size");
const teller = new Teller({ said: byId("said"), trouble: byId("trouble"), scroller: byId("scroller"), table });
const onPhone = matchMedia(PHONE);

// The parameters that we leave alone, the size that needs no parameter, and the sort as it came, which may name columns
// that are not shown.
const kept = others(location.search);
const servedSize = Number(size.querySelector("option[selected]").value);
const usualSize = parameter(location.href, "_size") === "" ? servedSize : null;
let sortAsCame = { text: parameter(location.href, "_sort") };

// What is shown and what has been asked for. `tokens` are those of the pages up to this one, the first page's being
// empty; a page that was opened by its address knows nothing of those between (null).
let shown = {
  order: orderOf(sortAsCame.text),
  q: parameter(location.href, "_q"),
  size: servedSize,
  tokens: tokensOf(parameter(location.href, "_next"), history.state),
};
let wanted = shown;
// How the next answer enters the browser's history: "push", "replace", or null where it comes from there.
let entry = null;
let request = null;

function tokensOf(token, state) {
  const known = state?.tokens;
  if (Array.isArray(known) && known.at(-1) === token) return known;
  return token ? ["", null, token] : [""];
}

function orderOf(text) {
  const place = ({ name }) => columns.findIndex((column) => column.name === name);
  return readSort(text, columns)
    .map((term) => ({ idx: place(term), dir: term.dir }))
    .filter(({ idx }) => idx >= 0)
    .map(({ idx, dir }) => [idx, dir]);
}

const named = (order) => order.map(([place, dir]) => ({ name: columns[place].name, dir }));

/** An address of ours for what is wanted. */
function addressOf({ order, q, size: length, tokens }) {
  const isAsCame = JSON.stringify(order) === JSON.stringify(orderOf(sortAsCame.text));
  return address(location.pathname, [
    ...kept,
    ["_sort", isAsCame ? sortAsCame.text : writeSort(named(order), columns)],
    ["_q", q],
    ["_size", length === usualSize ? "" : String(length)],
    ["_next", tokens.at(-1)],
  ]);
}

/** DataTables' wish in our terms. */
function translated({ order, search: { value }, length }) {
  return { order: order.map(({ column, dir }) => [column, dir]), q: value, size: length, tokens: wanted.tokens };
}

/** Asks for the rows that DataTables wants. An earlier request that is still under way is given up. */
async function ask(wish, give) {
  request?.abort();
  const mine = new AbortController();
  request = mine;
  const asked = translated(wish);
  const href = addressOf(asked);
  const how = entry;
  teller.loading(() => mine.abort("stopped"));
  let answer;
  try {
    answer = await answered(href, mine.signal);
  } catch (problem) {
    if (request !== mine) return; // a later one has taken over
    request = null;
    fail(mine.signal.aborted ? null : problem, asked, how);
    return;
  }
  if (request !== mine) return;
  request = null;
  shown = asked;
  agree();
  enter(href, how);
  byId("scroller").hidden = false;
  const count = answer.rows.length;
  settings().columns[0].cellType = answer.rows.some((row) => row.href) ? "th" : "td";
  give({ draw: wish.draw, recordsTotal: count, recordsFiltered: count, data: answer.rows.map(rowOf) });
  show(answer, backTo());
  nextToken = answer.next_href && parameter(answer.next_href, "_next");
  teller.done(words(answer));
}

/** No rows have come; `problem` is why, or nothing where somebody gave up. The address and what is below agree: the rows
 * from before stay, unless the browser's history has led to another address already. */
function fail(problem, asked, how) {
  const isElsewhere = how === null;
  if (isElsewhere) {
    shown = asked;
    vanish();
  }
  // What somebody has typed stays, to be tried again or mended.
  agree(isElsewhere);
  if (!problem && !isElsewhere) {
    teller.stopped();
    return;
  }
  const stopped = { title: "Stopped", detail: "The rows of this page have not been loaded." };
  const rows = isElsewhere ? "" : " The rows below are the ones from before.";
  teller.failed(problem ? (problem.document ?? refused(problem.status, rows)) : stopped, {
    retry: () => draw(how, asked),
    restart: location.pathname,
  });
}

/** The fields say what the rows are of, unless somebody is typing. */
function agree(withSearch = true) {
  size.value = String(shown.size);
  if (withSearch && search && typing === null) search.value = shown.q;
}

class Problem extends Error {
  constructor(document, status) {
    super(document?.title);
    this.status = status;
    if (document?.title) this.document = document;
  }
}

/** What is said where there is no answer of ours, but the gateway's or a proxy's, or none at all. */
function refused(status, rows) {
  if (!status) return { title: "No answer", detail: `The server could not be reached.${rows}` };
  return status === 429 || status === 503
    ? { title: "Too many requests at once", detail: `Try again in a moment.${rows}` }
    : { title: "No usable answer", detail: `The server answered with status ${status}.${rows}` };
}

async function answered(href, signal) {
  // A page may have come by a format of its own; the script needs JSON.
  const pairs = [...new URLSearchParams(href.split("?")[1] ?? "")].filter(([name]) => name !== "_format");
  const asked = address(location.pathname, [...pairs, ["_view", "page"]]);
  const response = await fetch(asked, { signal, headers: { accept: "application/json" } });
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  const body = isJson ? await response.json().catch(() => null) : null;
  if (!response.ok || !body) throw new Problem(body, response.status);
  return body;
}

/** A row for DataTables: an empty text for each cell, and what will be put there, which is no HTML. */
function rowOf({ href, cells }) {
  const made = cells.map(() => "");
  made.cells = cells.map((cell, place) => ({ ...cell, row: href, own: place === 0 && Boolean(href) }));
  return made;
}

function words({ rows, next_href: next, filters }) {
  if (rows.length === 0) return filters.length ? "No row matches." : "There are no rows.";
  return `${rows.length} ${rows.length === 1 ? "row" : "rows"}${next ? ", more follow" : ""}.`;
}

/** The address of the page before, where it is known. */
function backTo() {
  const before = shown.tokens.slice(0, -1);
  return before.length > 0 && before.at(-1) !== null ? addressOf({ ...shown, tokens: before }) : null;
}

/** The address bar follows what is shown. */
function enter(href, how) {
  const state = { tokens: shown.tokens };
  const isHere = href === location.pathname + location.search;
  if (how === null || isHere) history.replaceState(state, "");
  else if (how === "replace") history.replaceState(state, "", href);
  else history.pushState(state, "", href);
}

/** Draws something else: what differs from what was wanted last, from the first page on if nothing else is said. */
function draw(how, change, from = request ? wanted : shown) {
  wanted = { ...from, tokens: [""], ...change };
  entry = how;
  live.order(wanted.order).search(wanted.q).page.len(wanted.size);
  live.draw("page");
}

/** The page at these tokens, of the rows that are shown. */
function turn(tokens) {
  draw("push", { tokens }, shown);
  byId("scroller").scrollTop = 0;
}

const headsAsDrawn = [...table.tHead.rows[0].cells].map((cell) => {
  const sort = { ascending: "asc", descending: "desc" }[cell.getAttribute("aria-sort")];
  return { sort, sort_href: cell.querySelector(".sort")?.getAttribute("href") };
});
let nextToken = table.dataset.next && parameter(table.dataset.next, "_next");
const headCells = [...table.tHead.rows[0].cells];
let widths = [];
let live;
const settings = () => live.settings()[0];

const options = {
  serverSide: true,
  ajax: (wish, give) => void ask(wish, give),
  // The server has drawn the first page already.
  deferLoading: table.tBodies[0].rows.length,
  layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null },
  autoWidth: false,
  pageLength: shown.size,
  search: { search: shown.q },
  order: shown.order,
  // Heads are links of the server's, which do more: they can be opened elsewhere.
  ordering: { handler: false, indicators: false },
  titleRow: 0,
  orderMulti: true,
  language: { emptyTable: "", zeroRecords: "" },
  columns: columns.map((column, place) => ({
    name: column.name,
    data: place,
    orderable: column.sortable,
    // What a value is says the database; the browser is not to guess.
    type: "string",
    // Rows that the server has drawn stay as they are.
    createdCell: (td, _text, row) => {
      if (!row.cells) return;
      td.append(content(row.cells[place], column));
      dress(td, row.cells[place], column);
      if (place === 0 && onPhone.matches) td.prepend(expander());
    },
  })),
  responsive: onPhone.matches ? details(columns) : false,
};

/** Leaves the columns that fit on a narrow screen, and gives each row its button. */
function makeRoom() {
  if (!onPhone.matches) return;
  gather(table, columns);
  widths = widthsOf(headCells);
  fit(headCells, widths, byId("scroller").clientWidth);
  hide(table, headCells);
  for (const row of table.tBodies[0].rows) row.cells[0].prepend(expander());
  // As Responsive will say; the buttons are to be there at once.
  if (headCells.some((head) => head.classList.contains("dtr-none"))) table.classList.add("collapsed");
}

/** Takes over the rows that the server has drawn. */
function begin() {
  live = new DataTable(table, options);
  heads(headsAsDrawn);
  pager(backTo());
  history.replaceState({ tokens: shown.tokens }, "");
  listen();
  // Some browsers put back what somebody had chosen before a reload, and somebody may have typed already.
  size.value = String(shown.size);
  if (search) find();
}

/** A click that is not meant to open another tab or window. */
const isPlain = (event) => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.altKey;

let typing = null;
let hasTyped = false;
function find() {
  clearTimeout(typing);
  typing = null;
  if (search.value === (request ? wanted : shown).q) return;
  // One entry in the history for one search, not for each of its letters.
  draw(hasTyped ? "replace" : "push", { q: search.value });
  hasTyped = true;
}

/** Shows what the browser's history leads to. */
function travel({ state }) {
  if (JSON.stringify(others(location.search)) !== JSON.stringify(kept)) {
    location.reload();
    return;
  }
  // The link that skips to the content changes no more than what follows the `#`.
  if (state === null && location.pathname + location.search === addressOf(shown)) {
    history.replaceState({ tokens: shown.tokens }, "");
    return;
  }
  sortAsCame = { text: parameter(location.href, "_sort") };
  const q = parameter(location.href, "_q");
  const length = Number(parameter(location.href, "_size")) || usualSize || shown.size;
  if (search) search.value = q;
  size.value = String(length);
  hasTyped = false;
  const tokens = tokensOf(parameter(location.href, "_next"), state);
  draw(null, { order: orderOf(sortAsCame.text), q, size: length, tokens }, shown);
}

const boxes = () => byId("columns-form").querySelectorAll("[type=checkbox]");

/** No columns are no choice: says so before the server would. */
function choose(event) {
  const isChoice = [...boxes()].some((box) => box.checked);
  byId("no-column").hidden = isChoice;
  if (!isChoice) event.preventDefault();
}

/** From here on the page does what links and forms would do. */
function listen() {
  table.tHead.addEventListener("click", (event) => {
    const link = event.target.closest(".sort");
    if (!link || !isPlain(event)) return;
    event.preventDefault();
    const place = [...table.tHead.rows[0].cells].indexOf(link.closest("th"));
    const { order } = request ? wanted : shown;
    const before = order.find(([column]) => column === place);
    const term = [place, before?.[1] === "asc" ? "desc" : "asc"];
    const others = order.map((other) => (other === before ? term : other));
    draw("push", { order: event.shiftKey ? (before ? others : [...order, term]) : [term] });
  });

  search?.addEventListener("input", (event) => {
    clearTimeout(typing);
    if (!event.isComposing) typing = setTimeout(find, TYPING);
  });
  search?.addEventListener("compositionend", () => (typing = setTimeout(find, TYPING)));
  search?.addEventListener("blur", () => (hasTyped = false));
  byId("search")?.addEventListener("submit", (event) => {
    event.preventDefault();
    find();
  });

  size.addEventListener("change", () => draw("push", { size: Number(size.value) }));
  byId("size-form").addEventListener("submit", (event) => event.preventDefault());

  byId("pager").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || !isPlain(event) || event.shiftKey) return;
    event.preventDefault();
    if (link.id === "next") turn([...shown.tokens, nextToken]);
    else if (link.id === "back") turn(shown.tokens.slice(0, -1));
    else turn([""]);
  });

  const openPanel = () => document.querySelector(".tool[name][open]");
  document.addEventListener("click", (event) => {
    const panel = openPanel();
    if (panel && !panel.contains(event.target)) panel.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const panel = event.key === "Escape" && openPanel();
    if (!panel) return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });

  byId("columns-form")?.addEventListener("submit", choose);
  for (const button of document.querySelectorAll("[data-tick]"))
    button.addEventListener("click", () => {
      for (const box of boxes()) box.checked = button.dataset.tick === "all";
    });

  addEventListener("popstate", travel);
  addEventListener("beforeprint", () => prepare(table, columns));

  live.on("responsive-display", (_event, _api, row, isOpen) => {
    row.node().querySelector(".expander")?.setAttribute("aria-expanded", String(isOpen));
  });
  addEventListener("resize", () => {
    if (!onPhone.matches || widths.length === 0) return;
    fit(headCells, widths, byId("scroller").clientWidth);
    live.responsive.rebuild();
    live.responsive.recalc();
  });
  // Responsive is begun once and for all; the address says what was shown. A sheet of paper is wider than a phone, but
  // not for long.
  const wasOnPhone = onPhone.matches;
  onPhone.addEventListener("change", () => {
    if (onPhone.matches !== wasOnPhone && !matchMedia("print").matches) location.reload();
  });
}

// The page is there to be read first: what follows can wait until the browser has shown it, step by step.
const afterPaint = (step) => requestAnimationFrame(() => setTimeout(step));
afterPaint(() => {
  makeRoom();
  afterPaint(begin);
});
