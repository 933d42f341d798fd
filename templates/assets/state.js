// Reads and writes the parameters of the public JSON API in addresses.

// The parameters that the script changes. All others stay as they came.
const OURS = ["_sort", "_q", "_size", "_next"];

/** The names and directions in a `_sort`, with the exact names of the page's columns. */
export function readSort(text, columns) {
  if (!text) return [];
  return parts(text, columns).map((part) => {
    if (Array.isArray(part)) return { name: exactName(part[0], columns) ?? part[0], dir: part[1] };
    const name = exactName(part, columns);
    if (name !== undefined || !part.startsWith("-")) return { name: name ?? part, dir: "asc" };
    return { name: exactName(part.slice(1), columns) ?? part.slice(1), dir: "desc" };
  });
}

function parts(text, columns) {
  if (exactName(text, columns) !== undefined) return [text];
  try {
    const list = JSON.parse(text);
    if (Array.isArray(list) && list.length > 0) return list;
  } catch {
    // No JSON: names, separated by commas.
  }
  return text.split(",");
}

function exactName(name, columns) {
  const same = columns.find((column) => column.name === name);
  return (same ?? columns.find((column) => column.name.toLowerCase() === name.toLowerCase()))?.name;
}

/** `_sort` for these names and directions. Names that a list would misread are written as a JSON
 * array. */
export function writeSort(terms, columns) {
  const isOdd = ({ name }) => columns.find((column) => column.name === name)?.odd ?? true;
  if (terms.some(isOdd)) return JSON.stringify(terms.map(({ name, dir }) => [name, dir]));
  return terms.map(({ name, dir }) => (dir === "desc" ? `-${name}` : name)).join(",");
}

/** The parameters of an address that the script leaves alone. */
export function others(search) {
  return [...new URLSearchParams(search)].filter(([name]) => !OURS.includes(name));
}

/** An address with these parameters; empty ones are left out. */
export function address(path, pairs) {
  const given = pairs.filter(([name, value]) => !OURS.includes(name) || (value !== "" && value != null));
  const query = new URLSearchParams(given).toString();
  return query ? `${path}?${query}` : path;
}

/** The value of a parameter in an address, or an empty text. */
export function parameter(href, name) {
  return new URL(href, location.href).searchParams.get(name) ?? "";
}
