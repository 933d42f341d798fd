// Groups: the form, the table with its bars, the chart, and the way to a group's rows and back, all of it without a
// script.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openShop } from "./shop.js";

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
const cells = () =>
  page.$$eval("#groups tbody tr", (rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim())));

test("from the rows to groups, to a group's rows, and back", async () => {
  await page.goto("/table/Shop.Item?Active=true");
  await page.getByRole("link", { name: "Groups" }).click();
  assert.equal(at(), "/table/Shop.Item/groups?Active=true");
  await page.getByLabel("Group by").selectOption({ label: "Maker" });
  await page.getByLabel("Compute").selectOption({ label: "Sum of Price" });
  await page.getByLabel("Order").selectOption({ label: "by value" });
  await page.getByRole("button", { name: "Group", exact: true }).click();
  assert.equal(at(), "/table/Shop.Item/groups?Active=true&_by=Maker&_sum=Price&_sort=Maker");
  const groups = await cells();
  assert.deepEqual(
    groups.map(([maker]) => maker),
    ["1", "2", "3"],
  );
  const rows = groups.map(([, count]) => Number(count));
  assert.equal(
    rows.reduce((sum, count) => sum + count),
    125,
  );
  await page.getByRole("link", { name: "Rows of 2" }).click();
  assert.equal(at(), "/table/Shop.Item?Active=true&Maker=2");
  assert.match(await page.locator("#counts").innerText(), new RegExp(`${rows[1]} rows`));
  await page.getByRole("link", { name: "Groups" }).click();
  assert.equal(at(), "/table/Shop.Item/groups?Active=true&Maker=2");
});

test("a head sorts, and NULL is a group of its own", async () => {
  await page.goto("/table/Shop.Item/groups?_by=Maker&_avg=Price");
  const counts = (await cells()).map(([, count]) => Number(count));
  assert.deepEqual(
    counts,
    [...counts].sort((one, other) => other - one),
  );
  assert.ok((await cells()).some(([maker]) => maker === "NULL"));
  await page.getByRole("link", { name: "Average of Price" }).click();
  assert.equal(at(), "/table/Shop.Item/groups?_by=Maker&_avg=Price&_sort=-avg(Price)");
  assert.equal(await page.locator("th[aria-sort='descending']").count(), 1);
});

test("units of time have a chart, which the table below repeats", async () => {
  await page.goto("/table/Shop.Item/groups");
  await page.getByLabel("Group by").selectOption({ label: "Seen, month" });
  await page.getByRole("button", { name: "Group", exact: true }).click();
  // One month alone is no chart.
  assert.equal(await page.locator(".chart").count(), 0);
  await page.goto("/table/Shop.Item/groups?_by=Seen:day&_sum=Price");
  const chart = page.getByRole("img", { name: "Chart of the table below: Sum of Price by Seen, day" });
  assert.equal(await chart.locator("rect").count(), (await cells()).length);
  await page.goto("/table/Shop.Item/groups?_by=Active,Seen:day");
  assert.equal(await page.locator(".chart polyline").count(), 2);
  assert.deepEqual((await page.locator(".legend bdi").allInnerTexts()).sort(), ["false", "true"]);
});

test("numbers in steps, and an order that cannot go on", async () => {
  await page.goto("/table/Shop.Item/groups");
  await page.getByLabel("Group by").selectOption({ label: "Price, in steps" });
  await page.getByLabel("Width of steps").fill("20");
  await page.getByRole("button", { name: "Group", exact: true }).click();
  assert.equal(at(), "/table/Shop.Item/groups?_by=Price:20");
  assert.deepEqual((await cells()).map(([step]) => step).sort(), ["0", "20", "40"]);
  await page.goto("/table/Shop.Item/groups?_by=ID&_size=5");
  assert.match(await page.locator(".notice").innerText(), /There are more groups/);
  await page.getByRole("link", { name: "Sort by value" }).click();
  await page.getByRole("link", { name: "Next groups" }).click();
  assert.deepEqual(
    (await cells()).map(([id]) => id),
    ["6", "7", "8", "9", "10"],
  );
});
