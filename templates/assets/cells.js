// Cells as the server writes them (table.html), from the JSON of `_view=page`.

// No site learns from a link where somebody comes from.
const OUTWARD = "noopener noreferrer nofollow";
const WHEN = ["date", "time", "timestamp"];

/** An element with attributes and children; texts stay texts. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

/** Line breaks as a browser reads them from HTML: a carriage return becomes a line feed. */
const lines = (text) => text.replace(/\r\n?/g, "\n");

/** What a cell contains. `cell.own`: it leads to its row's page, `cell.row`. */
export function content(cell, column) {
  const target = cell.href ?? (cell.own || cell.kind === "binary" ? cell.row : undefined);
  const made = document.createDocumentFragment();
  const text = lines(cell.text ?? "");
  if (cell.picture && target) {
    const image = element("img", { class: "thumb", loading: "lazy", src: cell.picture, alt: text });
    made.append(element("a", { href: target }, image));
  } else if (cell.kind === "null") {
    made.append(element("span", { class: "null" }, "NULL"));
  } else if (cell.kind === "empty") {
    made.append(element("span", { class: "null" }, "empty"));
  } else {
    // A text of spaces alone would look like no text.
    const isWhitespace = cell.rest == null && text.trim() === "";
    const shown = [text, isWhitespace ? element("span", { class: "null" }, "only spaces") : ""];
    if (cell.label) shown.push(" ", element("bdi", { class: "label" }, lines(cell.label)));
    if (target) made.append(element("a", { href: target, class: cell.href ? "ref" : null }, ...shown));
    else if (cell.link) made.append(element("a", { class: "out", rel: OUTWARD, href: cell.link }, ...shown));
    else made.append(...shown);
  }
  if (cell.rest != null) made.append(fold(lines(cell.rest), cell.cut, column));
  if (cell.cut) {
    const all = cell.row ? element("a", { href: cell.row }, "see all of it") : null;
    made.append(" ", element("span", { class: "cut" }, "… too large for this page", all && ": ", all));
  }
  if (cell.own && (cell.href || cell.kind === "null" || cell.kind === "empty")) {
    made.append(" ", element("a", { class: "open", href: cell.row }, "open"));
  }
  return made;
}

function fold(rest, isCut, column) {
  const summary = element(
    "summary",
    {},
    element("span", { class: "more" }, isCut ? "Show more" : "Show all"),
    element("span", { class: "less" }, "Show less"),
    element("span", { class: "visually-hidden" }, ` of ${column.title}`),
  );
  return element("details", { class: "fold" }, summary, rest);
}

/** A letter that may run from right to left, or a later one: as the server has it. */
const MAY_TURN = /[\u0580-\uffff]/;

/** Sets the attributes and classes that the server's rows have. */
export function decorate(td, cell, column) {
  if (td.nodeName === "TH") td.setAttribute("scope", "row");
  if (column.numeric) td.classList.add("num");
  else if (WHEN.includes(column.type)) td.classList.add("when");
  else if (cell.kind === "text" && MAY_TURN.test(cell.text + (cell.rest ?? ""))) td.dir = "auto";
}
