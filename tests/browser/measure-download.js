// Measures "Download all rows" of a table of 1,000,000 rows: how long it takes, what memory the
// browser and the page take, and how long the page is busy at most.
// `SERVER=target/local/local node tests/browser/measure-download.js [ROWS]` from the project's root.

import { execFileSync } from "node:child_process";
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { executable } from "./browser.js";
import { startServer } from "./server.js";
import { visit } from "./shop.js";

const ROWS = Number(process.argv[2] ?? 1_000_000);
const MAKE = `
import sqlite3, sys
rows = int(sys.argv[2])
database = sqlite3.connect(sys.argv[1])
database.execute("CREATE TABLE Million (ID INTEGER PRIMARY KEY, Name VARCHAR(40), City VARCHAR(40), Amount DECIMAL(12,2), "
                 "Day DATE, Active BOOLEAN, Number BIGINT, Note TEXT)")
database.executemany("INSERT INTO Million VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (
    (n, f"Name {n}", f"City {n % 97}", f"{n % 1000}.10", f"2024-01-{n % 28 + 1:02}", n % 2, 9007199254740990 + n, f"Note {n}")
    for n in range(1, rows + 1)))
database.commit()
`;

/** Resident bytes of all processes of this browser. Pages that they share count for each. */
function memory(folder) {
  let sum = 0;
  for (const process of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${process}/cmdline`, "utf8").includes(folder)) continue;
      const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${process}/status`, "utf8"))?.[1];
      sum += Number(kilobytes ?? 0) * 1024;
    } catch {
      // It has ended meanwhile.
    }
  }
  return sum;
}

const folder = mkdtempSync(join(tmpdir(), "iris-tables-measure-"));
execFileSync("python3", ["-c", MAKE, join(folder, "Big.db"), String(ROWS)]);
const site = await startServer({ DATABASE_URL: `sqlite:${folder}`, PUBLISHED_TABLES: "Big.*" });
// A profile of its own, as a person has one: in a private window its files would lie in memory.
const profile = join(folder, "profile");
const context = await chromium.launchPersistentContext(profile, {
  executablePath: executable,
  args: ["--no-sandbox", "--disable-gpu"],
  baseURL: site.base,
});
const page = await context.newPage();
await visit(page, "/table/Big.Million");
await page.evaluate(() => {
  globalThis.longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
  }).observe({ type: "longtask" });
});
const heap = () => page.evaluate(() => performance.memory.usedJSHeapSize);
const before = { all: memory(profile), heap: await heap() };
const most = { ...before };
const sampling = setInterval(async () => {
  most.all = Math.max(most.all, memory(profile));
  most.heap = Math.max(most.heap, await heap().catch(() => 0));
}, 500);
const start = Date.now();
const [download] = await Promise.all([
  page.waitForEvent("download", { timeout: 3_600_000 }),
  page.getByRole("button", { name: "Download all rows" }).click(),
]);
const seconds = (Date.now() - start) / 1000;
const file = await download.path();
let [lines, bytes] = [0, 0];
for await (const part of createReadStream(file)) {
  bytes += part.length;
  for (const byte of part) if (byte === 10) lines += 1;
}
clearInterval(sampling);
const megabytes = (number) => Math.round(number / 1e6);
console.log(await page.locator("#download-progress").innerText());
console.log({
  lines,
  megabytes: megabytes(bytes),
  seconds,
  browser: `${megabytes(before.all)} to ${megabytes(most.all)} MB`,
  heap: `${megabytes(before.heap)} to ${megabytes(most.heap)} MB`,
  longestTask: `${Math.round(await page.evaluate(() => globalThis.longest))} ms`,
});
await context.close();
await site.stop();
rmSync(folder, { recursive: true });
