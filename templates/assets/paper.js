// On paper: the lines of a table of many columns would be too fine to read. Each row becomes a block there, with the
// columns' titles above its values.

const MOST = 24;

/** Writes the titles where the stylesheet takes them from. */
export function prepare(table, columns) {
  if (columns.length <= MOST) return;
  table.classList.add("blocks");
  for (const cell of table.tBodies[0].querySelectorAll("tr > :not(.child)")) {
    cell.dataset.title = columns[cell.cellIndex]?.title ?? "";
  }
}
