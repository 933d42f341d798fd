// Everything that the pages do without a script: by links and GET forms alone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { column, openShop } from "./shop.js";

let shop;
let page;
before(async () => {
  shop = await openShop();
  page = await shop.open({ javaScriptEnabled: false });
});
after(async () => {
  assert.deepEqual(page.faults, []);
  await shop.close();
});

const at = () => {
  const { pathname, search } = new URL(page.url());
  return decodeURIComponent(pathname + search);
};
const head = (name) => page.locator(`th[data-column='${name}'] .sort`);

test("search, sort and page size keep each other", async () => {
  await page.goto("/table/Shop.Item");
  await page.locator("#q").fill("apple");
  await page.getByRole("button", { name: "Search" }).click();
  assert.equal(at(), "/table/Shop.Item?_q=apple");
  await head("Price").click();
  assert.equal(at(), "/table/Shop.Item?_q=apple&_sort=Price");
  await head("Price").click();
  assert.equal(at(), "/table/Shop.Item?_q=apple&_sort=-Price");
  await page.locator("#size").selectOption("10");
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  assert.equal(at(), "/table/Shop.Item?_q=apple&_sort=-Price&_size=10");
  const names = await column(page, 1);
  assert.equal(names.length, 10);
  assert.ok(names.every((name) => name.includes("apple")));
  assert.match(await page.locator("#counts").innerText(), /10 rows on this page, more follow/);
  await page.getByRole("link", { name: "Remove the filter any text contains “apple”" }).click();
  assert.equal(at(), "/table/Shop.Item?_sort=-Price&_size=10");
});

test("a new filter may be an alternative to one in force", async () => {
  await page.goto("/table/Shop.Item?Name__contains=apple&ID__lte=20");
  await page.locator("summary", { hasText: "Filter" }).click();
  await page.locator("#filter-column").selectOption({ label: "ID" });
  await page.locator("#filter-value").fill("2");
  await page.getByLabel("Find rows that match").selectOption({ label: "this or Name contains “apple”" });
  await page.getByRole("button", { name: "Add filter" }).click();
  assert.equal(at(), '/table/Shop.Item?_where=["any",["Name","contains","apple"],["ID","eq","2"]]&ID__lte=20');
  assert.deepEqual(await column(page, 0), ["2", "7", "14"]);
  await page.getByRole("link", { name: "Remove the filter Name contains “apple” or ID = “2”" }).click();
  assert.equal(at(), "/table/Shop.Item?ID__lte=20");
});

test("pages lead on to the end and back to the first", async () => {
  await page.goto("/table/Shop.Item?_size=100&_sort=-ID");
  const seen = [];
  for (;;) {
    seen.push(...(await column(page, 0)));
    const next = page.getByRole("link", { name: "Next page" });
    if ((await next.count()) === 0) break;
    await next.click();
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 250 }, (_, index) => String(250 - index)),
  );
  assert.ok(await page.getByText("This is the last page.").isVisible());
  await page.getByRole("link", { name: "First page" }).click();
  assert.equal(at(), "/table/Shop.Item?_size=100&_sort=-ID");
});

test("any condition can be added, and columns chosen", async () => {
  await page.goto("/table/Shop.Item?_size=5");
  await page.locator("summary", { hasText: "Filter" }).click();
  await page.locator("#filter-column").selectOption({ label: "Maker" });
  await page.locator("#filter-op").selectOption({ label: "is one of" });
  await page.locator("#filter-value").fill("1,3");
  await page.getByRole("button", { name: "Add filter" }).click();
  assert.equal(at(), "/table/Shop.Item?_size=5&Maker__in=1,3");
  await page.locator("summary", { hasText: "Columns" }).click();
  for (const name of ["Price", "Big", "Since", "Seen", "Active", "Weight", "Photo"])
    await page.getByLabel(name, { exact: true }).uncheck();
  await page.getByRole("button", { name: "Show these columns" }).click();
  assert.equal(at(), "/table/Shop.Item?_size=5&Maker__in=1,3&_col=ID,Name,Maker");
  assert.deepEqual(await page.$$eval("#rows thead th", (heads) => heads.map((cell) => cell.dataset.column)), [
    "ID",
    "Name",
    "Maker",
  ]);
});

test("no column is no choice of columns", async () => {
  await page.goto("/table/Shop.Item?_col=ID,Name&_size=5");
  await page.locator("summary", { hasText: "Columns" }).click();
  for (const name of ["ID", "Name"]) await page.getByLabel(name, { exact: true }).uncheck();
  await page.getByRole("button", { name: "Show these columns" }).click();
  assert.match(await page.locator(".detail").innerText(), /Choose at least one column/);
  page.faults.length = 0; // the console repeats the status
  await page.getByRole("link", { name: "All columns of Shop.Item" }).click();
  assert.equal(at(), "/table/Shop.Item?_size=5");
});

test("links lead along foreign keys both ways, and to other formats", async () => {
  await page.goto("/table/Shop.Item?_size=5");
  await page.locator("tbody tr").first().locator("a.ref").click();
  assert.equal(at(), "/table/Shop.Maker/row?ID=2");
  assert.match(await page.locator("dl").innerText(), /Birnen/);
  await page.getByRole("link", { name: "Shop.Item by Maker" }).click();
  assert.equal(at(), "/table/Shop.Item?Maker=2");
  const csv = await page.locator(".formats a", { hasText: /^CSV/ }).getAttribute("href");
  const answer = await page.request.get(csv);
  assert.match(answer.headers()["content-type"], /^text\/csv/);
  assert.match(await answer.text(), /^ID,Name,Price/);
});

test("NULL, the empty text, spaces, long texts and bytes look different", async () => {
  await page.goto("/table/Shop.Hostile");
  const values = page.locator("tbody tr td");
  const words = (index) => values.nth(index).locator(".null").innerText();
  assert.deepEqual(await Promise.all([10, 11, 14].map(words)), ["empty", "NULL", "only spaces"]);
  assert.equal(await values.nth(14).textContent(), " \t only spaces", "the spaces stay");
  const long = page.locator("tbody tr").nth(12).locator("details");
  await long.locator("summary").click();
  assert.match(await long.innerText(), /long long/);
  const tooLong = page.locator("tbody tr").nth(13);
  // What is unfolded there is not all, and says so.
  assert.match(await tooLong.locator("summary").innerText(), /Show more/);
  await tooLong.getByRole("link", { name: "see all of it" }).click();
  await page.locator("dd").last().locator("summary").click();
  const unfolded = (await page.locator("dd").last().textContent()).replace(/[^x]/g, "");
  assert.ok(unfolded.length >= 50_000 && unfolded.length < 50_010, `${unfolded.length} characters`);
  const alone = await page.getByRole("link", { name: "all of it as plain text" }).getAttribute("href");
  assert.equal((await (await page.request.get(alone)).text()).length, 1_000_000);
  await page.getByRole("link", { name: "all of it as plain text" }).click();
  assert.equal((await page.locator("pre").textContent()).length, 1_000_000);
  await page.goto("/table/Shop.Item?Photo__notnull=");
  assert.equal(await page.locator("tbody tr").first().locator("td").last().innerText(), "6 bytes");
});

test("bytes are downloaded from the page of their row", async () => {
  await page.goto("/table/Shop.Item/row?ID=6");
  const coming = page.waitForEvent("download");
  await page.getByRole("link", { name: "download of Photo" }).click();
  const download = await coming;
  assert.equal(download.suggestedFilename(), "Item-Photo.bin");
  assert.deepEqual(readFileSync(await download.path()), Buffer.alloc(6, 6));
});

test("bytes that are a picture are shown as one", async () => {
  for (const [address, image] of [
    ["/table/Shop.Item?ID=12", "img.thumb"],
    ["/table/Shop.Item/row?ID=12", ".picture img"],
  ]) {
    await page.goto(address);
    await page.waitForFunction((selector) => document.querySelector(selector)?.naturalWidth === 1, image);
  }
});

test("the list of tables is searched by its form", async () => {
  await page.goto("/");
  await page.locator("#q").fill("MAKER");
  await page.getByRole("button", { name: "Search" }).click();
  assert.equal(at(), "/?_q=MAKER");
  assert.deepEqual(await page.locator(".tables a").allInnerTexts(), ["Maker"]);
  await page.locator("#q").fill("no such table");
  await page.getByRole("button", { name: "Search" }).click();
  assert.ok(await page.getByRole("heading", { name: "No table matches “no such table”" }).isVisible());
  assert.equal(await page.locator("#q").inputValue(), "no such table");
  await page.getByRole("link", { name: "Show all tables" }).click();
  assert.equal(at(), "/");
});

test("an error leads back to the rows without what was wrong", async () => {
  await page.goto("/table/Shop.Item?ID=cheap&_sort=-ID&_size=5");
  assert.match(await page.locator(".detail").innerText(), /Parameter “ID”.*“cheap”/s);
  page.faults.length = 0; // the console repeats the status
  await page.getByRole("link", { name: "Leave it out: Shop.Item without ID" }).click();
  assert.equal(at(), "/table/Shop.Item?_sort=-ID&_size=5");
});
