// What of a table is shown, as our public JSON API says it in an address.

// What a script on the page changes. All other parameters stay as they came.
const OURS = ["_sort", "_q", "_size", "_next"];

/** The names and directions in a `_sort`, each in the words of the page's columns where it has them. */
export function readSort(text, columns) {
  if (!text) return [];
  return parts(text, columns).map((part) => {
    if (Array.isArray(part)) return { name: spelt(part[0], columns) ?? part[0], dir: part[1] };
    const name = spelt(part, columns);
    if (name !== undefined || !part.startsWith("-")) return { name: name ?? part, dir: "asc" };
    return { name: spelt(part.slice(1), columns) ?? part.slice(1), dir: "desc" };
  });
}

function parts(text, columns) {
  if (spelt(text, columns) !== undefined) return [text];
  try {
    const list = JSON.parse(text);
    if (Array.isArray(list) && list.length > 0) return list;
  } catch {
    // No JSON: names, parted by commas.
  }
  return text.split(",");
}

function spelt(name, columns) {
  const same = columns.find((column) => column.name === name);
  return (same ?? columns.find((column) => column.name.toLowerCase() === name.toLowerCase()))?.name;
}

/** `_sort` for these names and directions. A name that a list would misread stands in a JSON array. */
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
  const kept = pairs.filter(([name, value]) => !OURS.includes(name) || (value !== "" && value != null));
  const query = new URLSearchParams(kept).toString();
  return query ? `${path}?${query}` : path;
}

/** The value of a parameter of ours in an address, or an empty text. */
export function parameter(href, name) {
  return new URL(href, location.href).searchParams.get(name) ?? "";
}
