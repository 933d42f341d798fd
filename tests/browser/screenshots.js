// Makes the pictures for the README from the demo data: `make screenshots`.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openPage, PHONE, startBrowser } from "./browser.js";
import { startServer } from "./server.js";
import { visit } from "./shop.js";

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

const site = await startServer({});
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
