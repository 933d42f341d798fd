// Makes a page of rows interactive: search while typing, sort, page size and paging without loading
// the page again. DataTables draws; the rows always come from the public JSON API, in the
// database's order. The page is complete without any of this.

import DataTable from "datatables.net-bs5";
import "datatables.net-responsive-bs5";
import { ask } from "./ask.js";
import { content, decorate } from "./cells.js";
import { listenForDownloads } from "./download.js";
import { fitForm, menus } from "./menu.js";
import { prepare } from "./paper.js";
import { heads, hideRows, pager, show } from "./parts.js";
import { details, expander, fit, hide, widthsOf } from "./phone.js";
import { keepAskingForPictures } from "./pictures.js";
import { address, others, parameter, readSort, writeSort } from "./state.js";
import { Status } from "./status.js";

// Milliseconds after the last key until a typed text is searched for.
const TYPING = 300;
const PHONE = "(max-width: 47.99rem)";

// A bug of ours belongs in the console, not in an alert.
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
const status = new Status({ status: byId("status"), problem: byId("problem"), scroller: byId("scroller"), table });
const onPhone = matchMedia(PHONE);

// The parameters that the script does not change, the size that needs no parameter, and the sort as
// it came, which may name columns that are not shown.
const otherParameters = others(location.search);
const servedSize = Number(size.querySelector("option[selected]").value);
const usualSize = parameter(location.href, "_size") === "" ? servedSize : null;
let sortAsCame = { text: parameter(location.href, "_sort") };

// What is shown and what has been requested. `tokens` are those of the pages up to this one. The
// first page's is empty; on a page that was opened by its address, those between are unknown
// (null).
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
  const index = ({ name }) => columns.findIndex((column) => column.name === name);
  return readSort(text, columns)
    .map((term) => ({ idx: index(term), dir: term.dir }))
    .filter(({ idx }) => idx >= 0)
    .map(({ idx, dir }) => [idx, dir]);
}

const named = (order) => order.map(([index, dir]) => ({ name: columns[index].name, dir }));

/** The address of what is wanted. */
function addressOf({ order, q, size: length, tokens }) {
  const isAsCame = JSON.stringify(order) === JSON.stringify(orderOf(sortAsCame.text));
  return address(location.pathname, [
    ...otherParameters,
    ["_sort", isAsCame ? sortAsCame.text : writeSort(named(order), columns)],
    ["_q", q],
    ["_size", length === usualSize ? "" : String(length)],
    ["_next", tokens.at(-1)],
  ]);
}

/** DataTables' request as the script's own state. */
function translated({ order, search: { value }, length }) {
  return { order: order.map(({ column, dir }) => [column, dir]), q: value, size: length, tokens: wanted.tokens };
}

/** Loads the rows that DataTables wants. An earlier request that is still open is aborted. */
async function load(wish, give) {
  request?.abort();
  const mine = new AbortController();
  request = mine;
  const requested = translated(wish);
  const href = addressOf(requested);
  const how = entry;
  const stop = () => mine.abort("stopped");
  status.loading(stop);
  let answer;
  try {
    answer = await fetchPage(href, mine.signal, () => status.busy(stop));
  } catch (problem) {
    if (request !== mine) return; // a later one has taken over
    request = null;
    fail(mine.signal.aborted ? null : problem, requested, how);
    return;
  }
  if (request !== mine) return;
  request = null;
  shown = requested;
  updateFields();
  updateHistory(href, how);
  byId("scroller").hidden = false;
  const count = answer.rows.length;
  settings().columns[0].cellType = answer.rows.some((row) => row.href) ? "th" : "td";
  give({ draw: wish.draw, recordsTotal: count, recordsFiltered: count, data: answer.rows.map(rowOf) });
  show(answer, backTo());
  nextToken = answer.next_href && parameter(answer.next_href, "_next");
  status.done(words(answer));
}

/** No rows have arrived; `problem` is why, or null where the user stopped. The previous rows stay,
 * unless the browser's history has already led to another address. */
function fail(problem, requested, how) {
  const isElsewhere = how === null;
  if (isElsewhere) {
    shown = requested;
    hideRows();
  }
  // A typed text stays, so that it can be tried again or corrected.
  updateFields(isElsewhere);
  if (!problem && !isElsewhere) {
    status.stopped();
    return;
  }
  const stopped = { title: "Stopped", detail: "The rows of this page have not been loaded." };
  const rows = isElsewhere ? "" : " The rows below are the previous ones.";
  status.failed(problem ? (problem.document ?? refused(problem.status, rows)) : stopped, {
    retry: () => draw(how, requested),
    restart: location.pathname,
  });
}

/** Sets the fields to what is shown, unless somebody is typing. */
function updateFields(withSearch = true) {
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

/** The error where the answer is not the site's own, but a gateway's or a proxy's, or there is
 * none. */
function refused(status, rows) {
  if (!status) return { title: "No answer", detail: `The server could not be reached.${rows}` };
  return status === 429 || status === 503
    ? { title: "Too many requests at once", detail: `Try again in a moment.${rows}` }
    : { title: "No usable answer", detail: `The server answered with status ${status}.${rows}` };
}

async function fetchPage(href, signal, onBusy) {
  // The page may have a `_format` in its address; the script needs JSON.
  const pairs = [...new URLSearchParams(href.split("?")[1] ?? "")].filter(([name]) => name !== "_format");
  const requested = address(location.pathname, [...pairs, ["_view", "page"]]);
  const response = await ask(requested, { signal, headers: { accept: "application/json" } }, onBusy);
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  const body = isJson ? await response.json().catch(() => null) : null;
  // The session has ended. Opened as a page, the address leads through the sign-in back to itself.
  // Should the next answer be the same, this page is not there any more: so there is no loop.
  if (response.status === 401 && body?.type?.endsWith(":sign-in-needed")) {
    location.assign(href);
    return new Promise(() => {});
  }
  if (!response.ok || !body) throw new Problem(body, response.status);
  return body;
}

/** A row for DataTables: an empty text for each cell, and the contents that `createdCell` puts
 * there. */
function rowOf({ href, cells }) {
  const made = cells.map(() => "");
  made.cells = cells.map((cell, index) => ({ ...cell, row: href, own: index === 0 && Boolean(href) }));
  return made;
}

function words({ rows, next_href: next, filters }) {
  if (rows.length === 0) return filters.length ? "No row matches." : "There are no rows.";
  return `${rows.length} ${rows.length === 1 ? "row" : "rows"}${next ? ", more follow" : ""}.`;
}

/** The address of the previous page, where it is known. */
function backTo() {
  const before = shown.tokens.slice(0, -1);
  return before.length > 0 && before.at(-1) !== null ? addressOf({ ...shown, tokens: before }) : null;
}

/** Updates the address bar and the browser's history. */
function updateHistory(href, how) {
  const state = { tokens: shown.tokens };
  const isHere = href === location.pathname + location.search;
  if (how === null || isHere) history.replaceState(state, "");
  else if (how === "replace") history.replaceState(state, "", href);
  else history.pushState(state, "", href);
}

/** Loads and draws something else. `change` is what differs; without tokens in it, from the first
 * page. */
function draw(how, change, from = request ? wanted : shown) {
  wanted = { ...from, tokens: [""], ...change };
  entry = how;
  live.order(wanted.order).search(wanted.q).page.len(wanted.size);
  live.draw("page");
}

/** Goes to another page of the same rows. */
function goTo(tokens) {
  draw("push", { tokens }, shown);
  byId("scroller").scrollTop = 0;
}

keepAskingForPictures(table);
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
  ajax: (wish, give) => void load(wish, give),
  // The server has drawn the first page already.
  deferLoading: table.tBodies[0].rows.length,
  layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null },
  autoWidth: false,
  pageLength: shown.size,
  search: { search: shown.q },
  order: shown.order,
  // The heads have the server's links, which can also be opened in another tab.
  ordering: { handler: false, indicators: false },
  titleRow: 0,
  orderMulti: true,
  language: { emptyTable: "", zeroRecords: "" },
  columns: columns.map((column, index) => ({
    name: column.name,
    data: index,
    orderable: column.sortable,
    // The database knows the types; the browser must not guess them.
    type: "string",
    // Rows that the server has drawn stay as they are.
    createdCell: (td, _text, row) => {
      if (!row.cells) return;
      td.append(content(row.cells[index], column));
      decorate(td, row.cells[index], column);
      if (index === 0 && onPhone.matches) td.prepend(expander());
    },
  })),
  responsive: onPhone.matches ? details(columns) : false,
};

/** On a narrow screen hides the columns that do not fit, and gives each row its button. */
function hideColumns() {
  if (!onPhone.matches) return;
  widths = widthsOf(headCells);
  fit(headCells, widths, byId("scroller").clientWidth);
  hide(table, headCells);
  for (const row of table.tBodies[0].rows) row.cells[0].prepend(expander());
  // Responsive will add the class too, but the buttons should be there at once.
  if (headCells.some((head) => head.classList.contains("dtr-none"))) table.classList.add("collapsed");
}

/** Takes over the rows that the server has drawn. */
function begin() {
  live = new DataTable(table, options);
  heads(headsAsDrawn);
  pager(backTo());
  history.replaceState({ tokens: shown.tokens }, "");
  listen();
  // Some browsers restore fields after a reload, and somebody may already have typed.
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
  // One entry in the history for each search, not for each character.
  draw(hasTyped ? "replace" : "push", { q: search.value });
  hasTyped = true;
}

/** Shows the entry that the browser's history leads to. */
function onPopState({ state }) {
  if (JSON.stringify(others(location.search)) !== JSON.stringify(otherParameters)) {
    location.reload();
    return;
  }
  // The link that skips to the content changes only what follows the `#`.
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

/** Refuses a form without columns before the server does. */
function checkColumns(event) {
  const isChoice = [...boxes()].some((box) => box.checked);
  byId("no-column").hidden = isChoice;
  if (!isChoice) event.preventDefault();
}

/** From here on the script does what links and forms would do. */
function listen() {
  table.tHead.addEventListener("click", (event) => {
    const link = event.target.closest(".sort");
    if (!link || !isPlain(event)) return;
    event.preventDefault();
    const index = [...table.tHead.rows[0].cells].indexOf(link.closest("th"));
    const { order } = request ? wanted : shown;
    const before = order.find(([column]) => column === index);
    const term = [index, before?.[1] === "asc" ? "desc" : "asc"];
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
    if (link.id === "next") goTo([...shown.tokens, nextToken]);
    else if (link.id === "back") goTo(shown.tokens.slice(0, -1));
    else goTo([""]);
  });

  menus({
    table,
    sortable: (index) => columns[index].sortable,
    sort: (index, direction) => draw("push", { order: [[index, direction]] }),
    boxes,
  });
  fitForm();

  const openPanel = () => document.querySelector(".tool[name][open]");
  document.addEventListener("click", (event) => {
    const panel = openPanel();
    // The menu of a column opens one of them.
    if (panel && !panel.contains(event.target) && !event.target.closest("#column-menu")) panel.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const panel = event.key === "Escape" && openPanel();
    if (!panel) return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });

  byId("columns-form")?.addEventListener("submit", checkColumns);
  for (const button of document.querySelectorAll("[data-tick]"))
    button.addEventListener("click", () => {
      for (const box of boxes()) box.checked = button.dataset.tick === "all";
    });

  listenForDownloads();
  addEventListener("popstate", onPopState);
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
  // Responsive cannot be switched on or off later, so the page is loaded again. Not for printing,
  // although paper is wider than a phone.
  const wasOnPhone = onPhone.matches;
  onPhone.addEventListener("change", () => {
    if (onPhone.matches !== wasOnPhone && !matchMedia("print").matches) location.reload();
  });
}

// The page can be read without this, so it waits until the browser has painted, step by step.
const afterPaint = (step) => requestAnimationFrame(() => setTimeout(step));
afterPaint(() => {
  hideColumns();
  afterPaint(begin);
});
