// Errors and slow answers while somebody uses a page, and hostile contents.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { column, hold, openShop, until, untilAt, visit } from "./shop.js";

let shop;
before(async () => (shop = await openShop()));
after(() => shop.close());

test("an error while using a page is shown with its request number, and a retry continues", async () => {
  const page = await shop.open();
  await visit(page, "/table/Shop.Fragile?_size=10");
  const before = await column(page, 0);
  shop.sql("PRAGMA legacy_alter_table = ON; ALTER TABLE Behind RENAME TO Away");
  await page.locator("th .sort", { hasText: "Value" }).click();
  const problem = page.locator("#problem .failed");
  await problem.waitFor();
  assert.match(await problem.locator("code").innerText(), /^local-\d+$/);
  assert.match(await problem.innerText(), /fault on our side|has changed/);
  assert.equal(await page.locator("#problem").getAttribute("role"), "alert");
  // The previous rows stay, and so does their address.
  assert.deepEqual(await column(page, 0), before);
  assert.equal(new URL(page.url()).search, "?_size=10");
  assert.equal(await page.locator("#rows").getAttribute("aria-busy"), null);
  shop.sql("PRAGMA legacy_alter_table = ON; ALTER TABLE Away RENAME TO Behind");
  // The function remembers for some seconds that the view could not be read.
  const patience = Date.now() + 30_000;
  while (!page.url().includes("_sort") && Date.now() < patience) {
    await problem.getByRole("button", { name: "Try again" }).click();
    await until(page, () => !document.querySelector("#rows[aria-busy]"));
  }
  await untilAt(page, "?_sort=Value&_size=10");
  assert.equal(await problem.count(), 0);
  assert.equal((await column(page, 1))[1], "Value 10");
  assert.ok(
    page.faults.every((fault) => fault.startsWith("Failed to load resource")),
    page.faults.join(),
  );
  await page.context().close();
});

test("an unreachable server is shown too, and the same link can be clicked again", async () => {
  const page = await shop.open();
  await visit(page, "/table/Shop.Item?_size=5");
  await page.context().setOffline(true);
  await page.locator("#next").click();
  await page.locator("#problem", { hasText: "could not be reached" }).waitFor();
  await page.context().setOffline(false);
  // A second click on the same link leads to the second page, not to the third.
  await page.locator("#next").click();
  await until(page, () => location.search.includes("_next"));
  assert.deepEqual(await column(page, 0), ["6", "7", "8", "9", "10"]);
  await page.context().close();
});

test("where a page of the history cannot be loaded, no other rows are shown under its address", async () => {
  const page = await shop.open();
  await visit(page, "/table/Shop.Item?_size=5");
  await page.locator("#q").fill("apple");
  await untilAt(page, "?_q=apple&_size=5");
  await page.locator("#next").click();
  await until(page, () => location.search.includes("_next") && !document.querySelector("#rows[aria-busy]"));
  await page.context().setOffline(true);
  await page.goBack();
  await page.locator("#problem .failed", { hasText: "could not be reached" }).waitFor();
  assert.equal(new URL(page.url()).search, "?_q=apple&_size=5");
  for (const part of ["#scroller", "#counts", "#chips", "#pager"]) assert.ok(await page.locator(part).isHidden(), part);
  assert.equal(await page.locator("#q").inputValue(), "apple");
  assert.doesNotMatch(await page.locator("#problem").innerText(), /below/);
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator("#scroller").waitFor();
  assert.deepEqual(await column(page, 0), ["7", "14", "21", "28", "35"]);
  assert.equal(new URL(page.url()).search, "?_q=apple&_size=5");
  assert.ok(await page.locator("#chips").isVisible());
  // The entry of the history after it is still the second page.
  await page.goForward();
  await until(page, () => location.search.includes("_next") && !document.querySelector("#rows[aria-busy]"));
  assert.deepEqual(await column(page, 0), ["42", "49", "56", "63", "70"]);
  await page.context().close();
});

test("a gateway's answer is shown, and the fields match the rows again", async () => {
  const page = await shop.open();
  await visit(page, "/table/Shop.Item?_size=5");
  const refuse = (route) =>
    route.fulfill({ status: 429, contentType: "application/json", body: '{"message":"Too Many Requests"}' });
  await page.route(/_view=page/, refuse);
  shop.asked.length = 0;
  await page.locator("#q").fill("no such thing");
  await page.locator("#problem .slow", { hasText: "Trying again" }).waitFor();
  await page.locator("#problem .failed", { hasText: "Too many requests at once" }).waitFor();
  assert.equal(await page.locator("#q").inputValue(), "no such thing", "nobody has to type it again");
  assert.equal(shop.asked.filter(({ query }) => query.includes("_view=page")).length, 4, "three more attempts");
  await page.unroute(/_view=page/, refuse);
  await page.locator("th .sort", { hasText: "Price" }).click();
  await untilAt(page, "?_sort=Price&_size=5");
  assert.equal(await page.locator("#q").inputValue(), "");
  assert.equal((await column(page, 0)).length, 5);
  await page.context().close();
});

test("what the gateway refuses once is asked for again, and the rows come", async () => {
  const page = await shop.open();
  await visit(page, "/table/Shop.Item?_size=5");
  let refusals = 0;
  await page.route(/_view=page/, (route) =>
    refusals++ < 2
      ? route.fulfill({ status: 503, contentType: "application/json", body: '{"message":"Service Unavailable"}' })
      : route.continue(),
  );
  await page.locator("th .sort", { hasText: "Price" }).click();
  await untilAt(page, "?_sort=Price&_size=5");
  assert.equal(refusals, 3);
  assert.equal(await page.locator("#problem").innerText(), "");
  await page.context().close();
});

test("an error of the site's own is shown at once, whatever its status", async () => {
  const page = await shop.open();
  await visit(page, "/table/Shop.Item?_size=5");
  let asked = 0;
  await page.route(/_view=page/, (route) => {
    asked += 1;
    const headers = { "content-security-policy": "default-src 'none'", "retry-after": "10" };
    const body = JSON.stringify({ title: "Database unavailable", status: 503, detail: "Try later." });
    return route.fulfill({ status: 503, contentType: "application/problem+json", headers, body });
  });
  await page.locator("th .sort", { hasText: "Price" }).click();
  await page.locator("#problem .failed", { hasText: "Database unavailable" }).waitFor();
  assert.equal(asked, 1);
  await page.context().close();
});

test("a slow answer is shown and announced, and can be stopped", async () => {
  const page = await shop.open();
  await visit(page, "/table/Shop.Item?_size=5");
  const release = await hold(page);
  await page.locator("th .sort", { hasText: "Price" }).click();
  await page.locator("#rows[aria-busy=true]").waitFor();
  await until(page, () => document.getElementById("status").textContent === "Loading rows…");
  await page.getByRole("button", { name: "Stop waiting" }).click();
  assert.equal(await page.locator("#rows").getAttribute("aria-busy"), null);
  assert.deepEqual(await column(page, 0), ["1", "2", "3", "4", "5"]);
  assert.equal(new URL(page.url()).search, "?_size=5");
  await release();
  await page.locator("th .sort", { hasText: "Price" }).click();
  await untilAt(page, "?_sort=Price&_size=5");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("whatever a cell contains is shown as it is and has no effect", async () => {
  const page = await shop.open();
  await visit(page, "/table/Shop.Hostile");
  for (const link of [null, page.locator("th .sort", { hasText: "ID" })]) {
    if (link) {
      await link.click();
      await untilAt(page, "?_sort=ID");
    }
    const texts = await page.$$eval("#rows tbody tr", (rows) => rows.map((row) => row.cells[1].textContent));
    assert.equal(texts[0], "</script><script>window.hacked = 1</script>");
    assert.equal(texts[1], '<img src="x" onerror="window.hacked = 2">');
    assert.equal(texts[2], 'O\'Brien said "no" & <b>left</b>');
    assert.equal(texts[3], "first line\nsecond line\n\tthird");
    assert.equal(texts[4], "{{ 7*7 }} {% raw %} ${7*7} #{7*7}");
    assert.equal(texts[6], "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd \u202ereversed\u202c abc");
    assert.equal(texts[7], "漢字かな交じり文");
    assert.equal(texts[8], "&lt;not an entity&gt; &amp;amp;");
    assert.equal(texts[9], "  spaces around  ");
    assert.match(texts[13], /^x+Show moreShow less of Valuex+ … too large for this page: see all of it$/);
    assert.equal(await page.locator("#rows tbody :is(img, script, b)").count(), 0);
  }
  for (const text of ["</script><script>window.hacked = 3</script>", "\"'<b>{{ 7*7 }}"]) {
    await page.locator("#q").fill(text);
    await until(page, (wanted) => new URLSearchParams(location.search).get("_q") === wanted, text);
    assert.equal(await page.locator("#chips bdi").innerText(), `any text contains “${text}”`);
  }
  await visit(page, "/table/Shop.Odd%20%3Cb%3Ename%3C%2Fb%3E");
  assert.equal(await page.locator("h1 bdi").last().innerText(), "Odd <b>name</b>");
  assert.equal(await page.locator("th bdi").nth(1).innerText(), "<i>x</i>");
  assert.equal(await page.evaluate("window.hacked"), undefined);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
