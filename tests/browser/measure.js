// Measures, in one run, how soon the page of a table of 1,000,000 rows can be used beside that of one of 100 rows, and how
// many bytes a page loads. `SERVER=target/local/local node tests/browser/measure.js` from the project's root.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPage, startBrowser } from "./browser.js";
import { startServer } from "./server.js";
import { until, visit } from "./shop.js";

const RUNS = 15;
const MAKE = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
for name, rows in (("Hundred", 100), ("Million", 1_000_000)):
    database.execute(f"CREATE TABLE {name} (ID INTEGER PRIMARY KEY, Name VARCHAR(40), City VARCHAR(40), Amount DECIMAL(12,2), "
                     "Day DATE, Active BOOLEAN, Number BIGINT, Note TEXT)")
    database.executemany(f"INSERT INTO {name} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (
        (n, f"Name {n}", f"City {n % 97}", f"{n % 1000}.10", f"2024-01-{n % 28 + 1:02}", n % 2, 9007199254740990 + n, f"Note {n}")
        for n in range(1, rows + 1)))
database.commit()
`;

const median = (numbers) => numbers.sort((one, other) => one - other)[Math.floor(numbers.length / 2)];

/** Milliseconds from the click on a link to a page that answers, and from a click on it to the next page's rows. */
async function once(page, table) {
  await visit(page, `/table/Big.${table}?_size=50`);
  const usable = await page.evaluate(() => performance.getEntriesByName("live")[0].startTime);
  const start = Date.now();
  await page.locator("#next").click();
  await until(page, () => location.search.includes("_next"));
  return { usable, next: Date.now() - start };
}

const folder = mkdtempSync(join(tmpdir(), "iris-tables-measure-"));
execFileSync("python3", ["-c", MAKE, join(folder, "Big.db")]);
const site = await startServer({ DATABASE_URL: `sqlite:${folder}`, PUBLISHED_TABLES: "Big.*" });
const browser = await startBrowser();
const page = await openPage(browser, { base: site.base });
const sizes = new Map();
page.on("response", async (response) => {
  if (!response.url().includes("/static/")) return;
  const { responseBodySize } = await response.request().sizes();
  sizes.set(new URL(response.url()).pathname, responseBodySize);
});
// The mark is ours: it stands where the script is done.
await page.addInitScript(() => {
  const look = () =>
    document.querySelector("#rows.dataTable") ? performance.mark("live") : requestAnimationFrame(look);
  look();
});
await once(page, "Hundred");
const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
console.log(`bytes of scripts and styles as sent: ${total}`, Object.fromEntries(sizes));
const times = { Hundred: [], Million: [] };
for (let run = 0; run < RUNS; run += 1) {
  for (const table of ["Hundred", "Million"]) times[table].push(await once(page, table));
}
for (const [table, all] of Object.entries(times)) {
  const of = (what) => Math.round(median(all.map((each) => each[what])));
  console.log(`${table}: usable after ${of("usable")} ms, next page after ${of("next")} ms (median of ${RUNS})`);
}
await browser.close();
await site.stop();
rmSync(folder, { recursive: true });
