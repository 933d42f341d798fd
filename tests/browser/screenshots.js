// Makes the pictures for the README from the demo data: `make screenshots`.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openPage, PHONE, startBrowser } from "./browser.js";
import { visit } from "./shop.js";
import { startSite } from "./site.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DESKTOP = { width: 1180, height: 680 };

const PICTURES = [
  ["table", "/table/Bank.Account?_sort=-Balance", { viewport: DESKTOP }],
  ["dark", "/table/Bank.Movement?Amount__lt=0&_sort=Amount", { viewport: DESKTOP, colorScheme: "dark" }],
  ["phone", "/table/Bank.Account?_sort=-Balance&_size=10", { viewport: PHONE }, openRow],
];

async function openRow(page) {
  await page.locator(".expander").first().click();
}

const folder = mkdtempSync(join(tmpdir(), "iris-tables-screenshots-"));
execFileSync("python3", [join(ROOT, "infra/local/demo.py"), folder]);
const site = await startSite({ DATABASE_URL: `sqlite:${folder}`, PUBLISHED_TABLES: "Bank.*" });
const browser = await startBrowser();
for (const [name, address, options, act] of PICTURES) {
  const page = await openPage(browser, { base: site.base, ...options });
  await visit(page, address);
  await act?.(page);
  await page.screenshot({ path: join(ROOT, `infra/screenshots/${name}.png`) });
  await page.context().close();
}
await browser.close();
await site.stop();
rmSync(folder, { recursive: true });
