// On a narrow screen Responsive shows the columns that fit; a button in each row opens the others.

import { element } from "./cells.js";

/** The button that opens a row's other columns. */
export function expander() {
  const words = element("span", { class: "visually-hidden" }, "Other columns of this row");
  return element("button", { type: "button", class: "expander", "aria-expanded": "false" }, words);
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
