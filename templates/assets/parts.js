// Updates the parts of the page around the rows from an answer.

import { element } from "./cells.js";

const byId = (id) => document.getElementById(id);
const grouped = (count) => count.toLocaleString("en");

/** Shows everything of an answer but its rows. */
export function show(answer, back) {
  heads(answer.columns);
  counts(answer);
  chips(answer.filters);
  empty(answer);
  download(answer);
  pageLinks(answer);
  pager(back);
  byId("truncated").hidden = !answer.truncated;
  byId("no-labels").hidden = answer.lacks_labels.length === 0;
  byId("no-labels").lastElementChild.textContent = answer.lacks_labels.join("; ");
  for (const input of document.querySelectorAll("input[data-keep]")) input.value = answer.keep[input.dataset.keep];
  document.querySelector("[data-tab='groups']")?.setAttribute("href", answer.groups_href);
  const formats = document.querySelectorAll(".formats a");
  for (const [index, format] of answer.formats.entries()) {
    formats[index]?.setAttribute("href", format.href);
    if (formats[index]) formats[index].textContent = format.label;
  }
}

/** The sort of the heads, and what a click on one leads to. */
export function heads(columns) {
  const cells = byId("rows").tHead.rows[0].cells;
  columns.forEach((column, index) => {
    const cell = cells[index];
    if (column.sort) cell.setAttribute("aria-sort", column.sort === "asc" ? "ascending" : "descending");
    else cell.removeAttribute("aria-sort");
    if (column.values_href) cell.dataset.values = column.values_href;
    const link = cell.querySelector(".sort");
    if (!link) return;
    link.href = column.sort_href;
    link.lastElementChild.textContent = `, sort ${column.sort === "asc" ? "descending" : "ascending"}`;
  });
}

function counts({ rows, next_href: next, first_href: first, total, uncounted, count_href: count }) {
  const strong = (number) => element("strong", {}, grouped(number));
  const isWhole = !next && !first;
  const here = element("span", {}, strong(rows.length), rows.length === 1 ? " row" : " rows");
  if (isWhole) here.append(" in all");
  else here.append(element("span", { class: "on-wide" }, " on this page"), next ? ", more follow" : "");
  const made = [here];
  if (isWhole) count = null;
  else if (total) made.push(element("span", {}, total.atLeast ? "at least " : "", strong(total.value), " in all"));
  else if (uncounted) made.push(element("span", {}, "not counted: the database does not allow it"));
  if (count && !total) made.push(element("span", {}, element("a", { href: count, rel: "nofollow" }, "Count all rows")));
  byId("counts").replaceChildren(...made.flatMap((part) => [part, " "]));
  byId("counts").hidden = rows.length === 0;
}

/** What the download knows of the rows that are shown. */
function download({ rows, total }) {
  const box = byId("download");
  box.hidden = rows.length === 0;
  if (total && !total.atLeast) box.dataset.total = total.value;
  else delete box.dataset.total;
}

function chips(filters) {
  const items = filters.map(({ label, remove_href: href }) => {
    const cross = element("span", { "aria-hidden": "true" }, "×");
    const link = element("a", { href, "aria-label": `Remove the filter ${label}` }, cross);
    return element("li", {}, element("bdi", {}, label), " ", link);
  });
  byId("chips").firstElementChild.replaceChildren(...items);
  byId("chips").hidden = filters.length === 0;
}

function empty({ rows, filters, first_href: first }) {
  const box = byId("empty");
  box.hidden = rows.length > 0;
  if (rows.length > 0) return;
  const all = (words) => element("a", { href: location.pathname }, words);
  const parts = filters.length
    ? ["No row matches", "Remove one of the filters above, or ", all("start again with all rows"), "."]
    : first
      ? ["There are no more rows", element("a", { href: first }, "Back to the first page")]
      : ["There are no rows", "The table can be read, but it is empty at present."];
  box.replaceChildren(element("h2", {}, parts[0]), element("p", {}, ...parts.slice(1)));
}

function pageLinks({ rows, next_href: next, first_href: first }) {
  link(byId("first"), first);
  link(byId("next"), next);
  byId("end").hidden = Boolean(next);
  byId("pager").hidden = rows.length === 0 || !(first || next);
}

/** Hides what belongs to other rows than the address. `show` brings it back. */
export function hideRows() {
  for (const id of ["chips", "counts", "truncated", "no-labels", "scroller", "empty", "pager"]) byId(id).hidden = true;
}

/** The link to the previous page. Only the browser's history knows it. */
export function pager(back) {
  const focused = document.activeElement;
  link(byId("back"), back);
  // Without this the focus would move to the top of the page when its link is hidden.
  if (byId("pager").contains(focused) && focused.offsetParent === null) byId("scroller").focus();
}

function link(anchor, href) {
  anchor.hidden = !href;
  if (href) anchor.href = href;
  else anchor.removeAttribute("href");
}
