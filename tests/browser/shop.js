// The site under test: the local server over the data of data.py, and Chromium.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openPage, startBrowser } from "./browser.js";
import { startServer } from "./server.js";

const DATA = fileURLToPath(new URL("data.py", import.meta.url));

/**
 * Starts all of it. `shop.open` gives a page, `shop.asked` what pages have asked for, `shop.sql`
 * changes the data, `shop.close` ends it.
 */
export async function openShop({ published = "Shop.*", settings = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "iris-tables-browser-"));
  execFileSync("python3", [DATA, folder]);
  const server = await startServer({
    DATABASE_URL: `sqlite:${folder}`,
    PUBLISHED_TABLES: published,
    SITE_TITLE: "The shop",
    ...settings,
  });
  const browser = await startBrowser();
  const asked = [];
  return {
    asked,
    browser,
    async open(options) {
      const page = await openPage(browser, { base: server.base, ...options });
      page.on("request", (request) => {
        const { search } = new URL(request.url());
        asked.push({ query: search.slice(1), accept: request.headers().accept ?? "" });
      });
      return page;
    },
    sql: (text) => execFileSync("python3", ["-c", SQL, join(folder, "Shop.db"), text]),
    async close() {
      await browser.close();
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

const SQL = "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1]) as database: database.executescript(sys.argv[2])";

/** Goes to a page and waits until its script, if it has one, has taken over. */
export async function visit(page, address) {
  const response = await page.goto(address);
  const isLive = await page.evaluate(() => Boolean(document.querySelector("script[src*='/table.']")));
  if (isLive) await page.waitForSelector("#rows.dataTable");
  return response;
}

/** Holds what a page's script asks for, until the function that it gives is called. */
export async function hold(page) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  const isRows = /_view=page/;
  const wait = async (route) => {
    await released;
    // The page may have given it up.
    await route.continue().catch(() => {});
  };
  await page.route(isRows, wait);
  return async () => {
    release();
    await page.unroute(isRows, wait);
  };
}

/** The texts of a column on the page, by its index. */
export function column(page, index) {
  return page.$$eval(
    "#rows tbody tr:not(:has(.dt-empty))",
    (rows, at) => rows.map((row) => row.cells[at]?.innerText.trim()),
    index,
  );
}

/** Waits until a condition holds in the page. */
export function until(page, condition, argument) {
  return page.waitForFunction(condition, argument, { timeout: 10_000 });
}

/** Waits until the address ends like this and the rows are loaded. */
export async function untilAt(page, end) {
  await until(
    page,
    (wanted) => (location.pathname + location.search).endsWith(wanted) && !document.querySelector("#rows[aria-busy]"),
    end,
  );
}
