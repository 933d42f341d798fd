// In print, the rows of a table with many columns would be too small to read. Each becomes a block
// with the columns' titles above its values.

const MAX_COLUMNS = 24;

/** Writes the titles to where the stylesheet reads them. */
export function prepare(table, columns) {
  if (columns.length <= MAX_COLUMNS) return;
  table.classList.add("blocks");
  for (const cell of table.tBodies[0].querySelectorAll("tr > :not(.child)")) {
    cell.dataset.title = columns[cell.cellIndex]?.title ?? "";
  }
}
