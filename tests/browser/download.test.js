// "Download all rows": one file of all pages, and never a short one that looks whole.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { openShop, until, visit } from "./shop.js";

// Five pages of a program.
const SIZE = 60;
const ROWS = 250;
const IS_PAGE = /_format=(csv|ndjson)/;

let shop;
before(async () => (shop = await openShop({ settings: { MAX_PAGE_SIZE: String(SIZE), PAGE_SIZE: "20" } })));
after(() => shop.close());

async function on(address, act) {
  const page = await shop.open();
  await visit(page, address);
  shop.asked.length = 0;
  await act(page);
  assert.ok(
    page.faults.every((fault) => fault.startsWith("Failed to load resource")),
    page.faults.join(),
  );
  await page.context().close();
}

const start = (page) => page.getByRole("button", { name: "Download all rows" }).click();
const words = (page) => page.locator("#download-progress").innerText();

/** The file that an action leads to: its name and its text. */
async function fileOf(page, act) {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

const ids = (text) =>
  text
    .split("\r\n")
    .slice(1, -1)
    .map((line) => Number(line.split(",")[0]));
const all = Array.from({ length: ROWS }, (_, index) => index + 1);

test("all pages become one file, with one request at a time", () =>
  on("/table/Shop.Item?_count=exact", async (page) => {
    let open = 0;
    let most = 0;
    page.on("request", (request) => {
      if (IS_PAGE.test(request.url())) open += 1;
      most = Math.max(most, open);
    });
    page.on("requestfinished", (request) => {
      if (IS_PAGE.test(request.url())) open -= 1;
    });
    const { name, text } = await fileOf(page, () => start(page));
    assert.equal(name, "Shop.Item.csv");
    assert.deepEqual(ids(text), all);
    assert.equal(text.split("ID,Name,").length, 2, "the names of the columns stand once");
    assert.match(await words(page), /^250 rows, complete \(/);
    assert.equal(await page.locator("#status").textContent(), await words(page));
    assert.equal(most, 1);
    assert.equal(shop.asked.filter(({ query }) => IS_PAGE.test(query)).length, Math.ceil(ROWS / SIZE));
    // And again.
    assert.deepEqual(ids((await fileOf(page, () => start(page))).text), all);
  }));

test("the file has the page's filters, sort and columns, also those that came by script", () =>
  on("/table/Shop.Item?_sort=-ID&_col=Name,ID&_size=10", async (page) => {
    await page.locator("#q").fill("apple");
    await until(page, () => location.search.includes("_q=apple") && !document.querySelector("#rows[aria-busy]"));
    await page.locator("#download-format").selectOption("ndjson");
    const { name, text } = await fileOf(page, () => start(page));
    const rows = text.trimEnd().split("\n").map(JSON.parse);
    assert.equal(name, "Shop.Item.ndjson");
    assert.deepEqual(Object.keys(rows[0]), ["Name", "ID"]);
    assert.deepEqual(
      rows.map(({ ID }) => ID),
      all.filter((id) => id % 7 === 0).reverse(),
    );
  }));

test("line breaks within values end no row", () =>
  on("/table/Shop.Hostile", async (page) => {
    const { text } = await fileOf(page, () => start(page));
    assert.match(await words(page), /^15 rows, complete/);
    assert.ok(text.includes('"first line\nsecond line\r\n\tthird"'));
  }));

/** Lets this many pages through, then answers as told, one after the other. */
async function faults(page, through, answers) {
  let count = 0;
  await page.route(IS_PAGE, async (route) => {
    count += 1;
    const answer = count > through && answers.shift();
    if (answer) await route.fulfill(answer).catch(() => {});
    else await route.continue();
  });
}
const REFUSED = { status: 503, contentType: "application/json", body: '{"message":"Service Unavailable"}' };
const problem = (status, detail, type) => ({
  status,
  contentType: "application/problem+json",
  // Only the site's own answers have a policy.
  headers: { "content-security-policy": "default-src 'none'" },
  body: JSON.stringify({ type, title: "No", status, detail, requestId: "request-7" }),
});

test("a busy gateway is waited for", () =>
  on("/table/Shop.Item", async (page) => {
    await faults(page, 1, [REFUSED, { ...REFUSED, status: 429 }]);
    const { text } = await fileOf(page, () => start(page));
    assert.deepEqual(ids(text), all);
  }));

test("what is interrupted can be continued, or is saved under a name that says so", () =>
  on("/table/Shop.Item", async (page) => {
    await faults(page, 2, [problem(503, "The database cannot be reached."), problem(500, "A fault on our side.")]);
    await start(page);
    await page.getByRole("button", { name: "Continue" }).waitFor();
    assert.match(await words(page), /120 rows so far, more follow\. The database cannot be reached\..*request-7/);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.locator("#download-progress", { hasText: "A fault on our side." }).waitFor();
    const save = page.getByRole("button", { name: "Save what there is" });
    const { name, text } = await fileOf(page, () => save.click());
    assert.equal(name, "Shop.Item (incomplete).csv");
    assert.deepEqual(ids(text), all.slice(0, 120));
    assert.match(await words(page), /^Incomplete: 120 rows, and more follow/);
    // From the start it becomes whole.
    assert.equal((await fileOf(page, () => start(page))).name, "Shop.Item.csv");
  }));

test("a session that ends is begun again, and the file goes on", () =>
  on("/table/Shop.Item", async (page) => {
    await faults(page, 3, [problem(401, "Sign in.", "urn:iris-tables:problem:sign-in-needed")]);
    await start(page);
    await page.getByRole("link", { name: "Sign in" }).waitFor();
    const { name, text } = await fileOf(page, () => page.getByRole("button", { name: "Continue" }).click());
    assert.equal(name, "Shop.Item.csv");
    assert.deepEqual(ids(text), all);
  }));

test("who cancels gets a file that says it is incomplete", () =>
  on("/table/Shop.Item", async (page) => {
    await page.route(IS_PAGE, (route) => (route.request().url().includes("_next") ? null : route.continue()));
    await start(page);
    await page.locator("#download-progress", { hasText: "60 rows" }).waitFor();
    const { name, text } = await fileOf(page, () => page.getByRole("button", { name: "Cancel" }).click());
    assert.equal(name, "Shop.Item (incomplete).csv");
    assert.deepEqual(ids(text), all.slice(0, 60));
    assert.match(await words(page), /Cancelled/);
  }));

test("a table whose columns change meanwhile ends the file with a reason", () =>
  on("/table/Shop.Item", async (page) => {
    const changed = { status: 200, contentType: "text/csv; charset=utf-8", body: "ID,Other\r\n61,x\r\n" };
    await faults(page, 1, [changed]);
    const { name } = await fileOf(page, () => start(page));
    assert.equal(name, "Shop.Item (incomplete).csv");
    assert.match(await words(page), /columns have changed/);
  }));

test("without a script the first file is a link, and the page says what it holds", async () => {
  const page = await shop.open({ javaScriptEnabled: false });
  await page.goto("/table/Shop.Item?_sort=-ID");
  const box = page.locator("#download");
  assert.match(await box.innerText(), /first 60 rows.*more follow/s);
  assert.ok(await page.getByRole("button", { name: "Download all rows" }).isHidden());
  const { text } = await fileOf(page, () => box.getByRole("link", { name: "CSV", exact: true }).click());
  assert.deepEqual(ids(text), all.slice(-60).reverse());
  await page.goto("/table/Shop.Maker");
  assert.match(await box.innerText(), /all 3 rows/);
  await page.context().close();
});
