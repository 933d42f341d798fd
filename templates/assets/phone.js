// On a narrow screen Responsive shows the columns that fit; a button in each row opens the others.
// We compute which ones fit, in classes that Responsive reads: it would measure a copy of the whole
// table.

import { element } from "./cells.js";

/** The button that opens a row's other columns. */
export function expander() {
  const words = element("span", { class: "visually-hidden" }, "Other columns of this row");
  return element("button", { type: "button", class: "expander", "aria-expanded": "false" }, words);
}

// The button's width in pixels, with its margin.
const BUTTON = 40;

/** The widths of the columns while all of them are visible. */
export function widthsOf(heads) {
  return heads.map((head) => head.getBoundingClientRect().width);
}

/** Marks the columns that fit beside the button: the first, then each that still fits. */
export function fit(heads, widths, available) {
  const total = widths.reduce((sum, width) => sum + width, 0);
  let left = total <= available ? total : available - BUTTON;
  for (const [index, head] of heads.entries()) {
    const fits = index === 0 || widths[index] <= left;
    if (fits) left -= widths[index];
    head.classList.toggle("dtr-all", fits);
    head.classList.toggle("dtr-none", !fits);
  }
}

/** Hides what does not fit before Responsive does, so that the browser never lays it out again. */
export function hide(table, heads) {
  const hidden = heads.flatMap((head, index) => (head.classList.contains("dtr-none") ? [index] : []));
  for (const row of table.rows)
    for (const index of hidden) if (row.cells[index]) row.cells[index].style.display = "none";
}

/** Options for Responsive. */
export function details(columns) {
  return { details: { type: "column", target: ".expander", renderer: renderer(columns) } };
}

/** The hidden columns of a row as a list. Cells are moved, not copied, so that links and folds stay what they are. */
function renderer(columns) {
  function render(api, _row, all) {
    const hidden = all.filter((column) => column.hidden);
    if (hidden.length === 0) return false;
    const items = hidden.map(({ columnIndex: index, rowIndex }) => {
      const value = element("dd", { dir: "auto" });
      value.append(...this.childNodes(api, rowIndex, index));
      return element("div", {}, element("dt", { dir: "auto" }, columns[index].title), value);
    });
    return element("dl", { class: "others" }, ...items);
  }
  render._responsiveMovesNodes = true;
  return render;
}
