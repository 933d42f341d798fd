// On a narrow screen Responsive shows the columns that fit; a button in each row opens the others. Which ones fit we say
// ourselves, in classes that Responsive reads: it would find out from a copy of the whole table.

import { element } from "./cells.js";

/** The button that opens a row's other columns. */
export function expander() {
  const words = element("span", { class: "visually-hidden" }, "Other columns of this row");
  return element("button", { type: "button", class: "expander", "aria-expanded": "false" }, words);
}

// Pixels that the button takes, its margin with it.
const BUTTON = 40;

/** The widths of the columns as they are with all of them in sight. */
export function widthsOf(heads) {
  return heads.map((head) => head.getBoundingClientRect().width);
}

/** Marks the columns that fit into so many pixels beside the button: the first, then each for which there is room. */
export function fit(heads, widths, room) {
  const total = widths.reduce((sum, width) => sum + width, 0);
  let left = total <= room ? total : room - BUTTON;
  for (const [place, head] of heads.entries()) {
    const fits = place === 0 || widths[place] <= left;
    if (fits) left -= widths[place];
    head.classList.toggle("dtr-all", fits);
    head.classList.toggle("dtr-none", !fits);
  }
}

/** Moves the fields of the filter row to its form, each below its column's title: on a narrow screen most columns have no
 * room, but all can be filtered. */
export function gather(table, columns) {
  const row = table.querySelector(".filter-row");
  if (!row) return;
  const fields = element("div", { class: "filter-fields" });
  columns.forEach(({ title }, place) => {
    const words = element("span", { dir: "auto", "aria-hidden": "true" }, title);
    fields.append(element("div", {}, words, ...row.cells[place].childNodes));
  });
  row.remove();
  // Below the fields of all columns no row would be in sight. What is in force stands above them anyway.
  document.getElementById("row-filters").open = false;
  document.querySelector("#filter-row p").after(fields);
}

/** Hides what does not fit before Responsive does, so that the browser never lays it out again. */
export function hide(table, heads) {
  const hidden = heads.flatMap((head, place) => (head.classList.contains("dtr-none") ? [place] : []));
  for (const row of table.rows)
    for (const place of hidden) if (row.cells[place]) row.cells[place].style.display = "none";
}

/** What Responsive is told. */
export function details(columns) {
  return { details: { type: "column", target: ".expander", renderer: renderer(columns) } };
}

/** The hidden columns of a row as a list. Cells are moved, not copied, so that links and folds stay what they are. */
function renderer(columns) {
  function render(api, _row, all) {
    const hidden = all.filter((column) => column.hidden);
    if (hidden.length === 0) return false;
    const items = hidden.map(({ columnIndex: place, rowIndex }) => {
      const value = element("dd", { dir: "auto" });
      value.append(...this.childNodes(api, rowIndex, place));
      return element("div", {}, element("dt", { dir: "auto" }, columns[place].title), value);
    });
    return element("dl", { class: "others" }, ...items);
  }
  render._responsiveMovesNodes = true;
  return render;
}
