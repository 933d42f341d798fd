// Makes the pictures for the README from the demo data: `make screenshots`.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openPage, PHONE, startBrowser } from "./browser.js";
import { startServer } from "./server.js";
import { visit } from "./shop.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DESKTOP = { width: 1180, height: 680 };
const TALL = { width: 1180, height: 960 };

const PICTURES = [
  ["table", "/table/Bank.Account?_sort=-Balance", { viewport: DESKTOP }],
  ["dark", "/table/Bank.Movement?Amount__lt=0&_sort=Amount", { viewport: DESKTOP, colorScheme: "dark" }],
  ["groups", "/table/Bank.Movement/groups?_by=Kind&_sum=Amount&_avg=Amount", { viewport: DESKTOP }],
  ["months", "/table/Bank.Movement/groups?_by=Booked:month&_sum=Amount&_sort=Booked:month", { viewport: TALL }],
  ["phone", "/table/Bank.Account?_sort=-Balance&_size=10", { viewport: PHONE }, openRow],
];

async function openRow(page) {
  await page.locator(".expander").first().click();
}

const PROVIDER = join(ROOT, "infra/login/provider.mjs");

/** A page of somebody who has signed in. */
async function loginPicture() {
  const site = await startServer({ LOGIN: "demo", LOGIN_PROVIDER: PROVIDER, PATH: process.env.PATH });
  const page = await openPage(browser, { base: site.base, viewport: { width: 1280, height: 400 } });
  await page.goto("/table/Bank.Account?_sort=-Balance");
  await page.getByRole("button", { name: "ada" }).click();
  await page.waitForSelector("#rows.dataTable");
  await page.screenshot({ path: join(ROOT, "infra/screenshots/login.png") });
  await page.context().close();
  await site.stop();
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
await loginPicture();
await browser.close();
await site.stop();
