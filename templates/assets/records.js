// Pages of CSV or NDJSON as parts of one file.

const LINE_FEED = 10;
const QUOTE = 34;

/** The index after the first record of CSV, and how many records there are in all. A line break
 * within quotes ends none. */
function csvRecords(bytes) {
  let count = 0;
  let first = 0;
  let isQuoted = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (byte === LINE_FEED && !isQuoted) {
      count += 1;
      if (first === 0) first = index + 1;
    }
  }
  return { count, first };
}

function lines(bytes) {
  let count = 0;
  for (const byte of bytes) if (byte === LINE_FEED) count += 1;
  return count;
}

const text = (bytes) => new TextDecoder().decode(bytes);

/** The names of the columns of a line of NDJSON, in their order. */
function names(bytes) {
  const end = bytes.indexOf(LINE_FEED);
  return end < 0 ? "" : JSON.stringify(Object.keys(JSON.parse(text(bytes.subarray(0, end)))));
}

/** What a page adds to a file: its bytes, the number of its rows, and its columns. `isFirst`: the
 * names of CSV's columns are still missing in the file. */
export function part(bytes, format, isFirst) {
  if (format === "ndjson") return { bytes, rows: lines(bytes), columns: names(bytes) };
  const { count, first } = csvRecords(bytes);
  return { bytes: isFirst ? bytes : bytes.subarray(first), rows: count - 1, columns: text(bytes.subarray(0, first)) };
}
