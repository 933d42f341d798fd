// A file that grows, and that a browser saves at its end: only then is known whether it is complete,
// which its name must say. Until then it lies in the browser's own folder for this site (the origin
// private file system), or in memory where there is none.

const FOLDER = "downloads";

async function privateFile() {
  const root = await navigator.storage.getDirectory();
  // What an earlier download has left.
  await root.removeEntry(FOLDER, { recursive: true }).catch(() => {});
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  const handle = await folder.getFileHandle("rows", { create: true });
  const stream = await handle.createWritable();
  return {
    write: (bytes) => stream.write(bytes),
    async blob() {
      await stream.close();
      return handle.getFile();
    },
    drop: () => stream.abort().catch(() => {}),
  };
}

function memory() {
  const parts = [];
  return {
    // A browser moves large blobs to its disk.
    write: async (bytes) => void parts.push(new Blob([bytes])),
    blob: async () => new Blob(parts),
    drop: async () => void parts.splice(0),
  };
}

/** A new, empty file. */
export async function openFile() {
  // Absent in old browsers and where the site is not secure; refused in some private windows.
  return privateFile().catch(memory);
}

/** Hands a file to the browser, which saves it under this name. */
export async function save(file, name, type) {
  const blob = new Blob([await file.blob()], { type });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads it meanwhile; a minute is enough for it to begin.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The name of an incomplete file: `Bank.Account (incomplete).csv`. */
export function incomplete(name) {
  return name.replace(/(\.[a-z]+)?$/, " (incomplete)$1");
}

/** The file name of an answer (RFC 6266 and 8187), or the other one. */
export function fileName(response, other) {
  const header = response.headers.get("content-disposition") ?? "";
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(header)?.[1];
  try {
    return encoded ? decodeURIComponent(encoded) : other;
  } catch {
    return other;
  }
}
