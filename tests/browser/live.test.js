// What the script adds: rows of the public API, drawn as the server draws them, with the address following.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { column, hold, openShop, until, untilAt, visit } from "./shop.js";

let shop;
before(async () => (shop = await openShop()));
after(() => shop.close());

/** The requests to the public API since the last call. */
function asked() {
  const calls = shop.asked.filter(({ accept }) => accept === "application/json").map(({ query }) => query);
  shop.asked.length = 0;
  return calls;
}

/** Opens a page, does something there, and checks that the console is empty. */
async function on(address, act, options) {
  const page = await shop.open(options);
  await visit(page, address);
  asked();
  await act(page);
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

test("a search is made while one types, with one request and one entry in the history", () =>
  on("/table/Shop.Item?_sort=-ID", async (page) => {
    await page.locator("#q").pressSequentially("apple", { delay: 20 });
    await untilAt(page, "?_sort=-ID&_q=apple");
    assert.deepEqual(asked(), ["_sort=-ID&_q=apple&_view=page"]);
    const names = await column(page, 1);
    assert.equal(names.length, 35);
    assert.ok(names.every((name) => name.includes("apple")));
    assert.match(await page.locator("#status").textContent(), /^35 rows/);
    assert.match(await page.locator("#chips").innerText(), /contains “apple”/);
    await page.locator("#q").fill("no such thing");
    await untilAt(page, "&_q=no+such+thing");
    assert.deepEqual(await column(page, 1), []);
    assert.match(await page.locator("#empty").innerText(), /No row matches/);
    assert.equal(await page.locator("#status").textContent(), "No row matches.");
    await page.goBack();
    await untilAt(page, "?_sort=-ID");
    assert.equal((await column(page, 0))[0], "250");
    assert.equal(await page.locator("#q").inputValue(), "");
  }));

test("what is typed before the script has begun is searched for, too", async () => {
  const page = await shop.open();
  let load;
  const loaded = new Promise((resolve) => (load = resolve));
  await page.route("**/static/table.*.js", async (route) => {
    await loaded;
    await route.continue();
  });
  await page.goto("/table/Shop.Item", { waitUntil: "commit" });
  await page.locator("#q").fill("apple");
  load();
  await untilAt(page, "?_q=apple");
  assert.equal((await column(page, 0)).length, 35);
  await page.context().close();
});

test("an earlier search that is still under way is given up", () =>
  on("/table/Shop.Item", async (page) => {
    const given = [];
    page.on("requestfailed", (request) => given.push(request.failure().errorText));
    const release = await hold(page);
    await page.locator("#q").fill("pear");
    await page.waitForRequest(/_q=pear/);
    await page.locator("#q").fill("apple");
    await page.waitForRequest(/_q=apple/);
    await release();
    await untilAt(page, "?_q=apple");
    assert.deepEqual(given, ["net::ERR_ABORTED"]);
    assert.ok((await column(page, 1)).every((name) => name.includes("apple")));
  }));

test("a click sorts, a second one turns it, and with shift it sorts within", () =>
  on("/table/Shop.Item?_size=50", async (page) => {
    const head = (title) => page.locator("th .sort", { hasText: title });
    await head("Price").click();
    await untilAt(page, "?_sort=Price&_size=50");
    await head("Price").click();
    await untilAt(page, "?_sort=-Price&_size=50");
    await head("ID").click({ modifiers: ["Shift"] });
    await untilAt(page, "?_sort=-Price%2CID&_size=50");
    const prices = await column(page, 2);
    assert.deepEqual(prices.slice(0, 6), ["49.10", "49.10", "49.10", "49.10", "49.10", "48.10"]);
    assert.deepEqual((await column(page, 0)).slice(0, 5), ["49", "99", "149", "199", "249"]);
    const sorts = await page.$$eval("#rows th[aria-sort]", (cells) =>
      cells.map((cell) => `${cell.dataset.column} ${cell.getAttribute("aria-sort")}`),
    );
    assert.deepEqual(sorts, ["ID ascending", "Price descending"]);
    assert.deepEqual(
      asked(),
      ["_sort=Price", "_sort=-Price", "_sort=-Price%2CID"].map((sort) => `${sort}&_size=50&_view=page`),
    );
  }));

test("integers that a browser would round stand in the database's order, with all their digits", () =>
  on("/table/Shop.Item?_size=100", async (page) => {
    await page.locator("th .sort", { hasText: "Big" }).click();
    await untilAt(page, "?_sort=Big&_size=100");
    const numbers = await column(page, 3);
    const first = 9_007_199_254_740_990n;
    assert.deepEqual(
      numbers,
      Array.from({ length: 100 }, (_, index) => String(first + BigInt(index + 1))),
    );
  }));

test("every page size requests as many rows", () =>
  on("/table/Shop.Item", async (page) => {
    for (const length of [5, 10, 25, 50]) {
      await page.locator("#size").selectOption(String(length));
      await untilAt(page, `?_size=${length}`);
      assert.equal((await column(page, 0)).length, length);
    }
    // The usual length needs no parameter.
    await page.locator("#size").selectOption("100");
    await untilAt(page, "/table/Shop.Item");
    assert.equal((await column(page, 0)).length, 100);
    assert.equal(asked().length, 5);
  }));

test("paging leads on and back, and reload, the browser's buttons and a shared link show the same rows", () =>
  on("/table/Shop.Item?_sort=-ID&_size=100", async (page) => {
    const pages = [[await column(page, 0), page.url()]];
    for (let turn = 0; turn < 2; turn += 1) {
      const before = page.url();
      await page.locator("#next").click();
      await until(page, (url) => location.href !== url, before);
      pages.push([await column(page, 0), page.url()]);
    }
    const all = pages.flatMap(([rows]) => rows);
    assert.deepEqual(
      all,
      Array.from({ length: 250 }, (_, index) => String(250 - index)),
    );
    assert.ok(await page.locator("#end").isVisible());
    assert.ok(await page.locator("#next").isHidden());
    const isAt = async (index) => {
      await untilAt(page, new URL(pages[index][1]).pathname + new URL(pages[index][1]).search);
      assert.deepEqual(await column(page, 0), pages[index][0]);
    };
    await page.reload();
    await page.waitForSelector("#rows.dataTable");
    await isAt(2);
    await page.locator("#back").click();
    await isAt(1);
    await page.goBack();
    await isAt(2);
    await page.goBack();
    await isAt(1);
    await page.goBack();
    await isAt(0);
    await page.goForward();
    await isAt(1);
    await page.locator("#first").click();
    await isAt(0);
    const other = await shop.open();
    await visit(other, pages[2][1]);
    assert.deepEqual(await column(other, 0), pages[2][0]);
    // Whoever came by a link cannot go back page by page, but to the beginning.
    assert.ok(await other.locator("#back").isHidden());
    await other.locator("#first").click();
    await untilAt(other, "/table/Shop.Item?_sort=-ID&_size=100");
    assert.deepEqual(await column(other, 0), pages[0][0]);
    await other.context().close();
  }));

test("rows come only in the parameters of the public API, page by page", () =>
  on("/table/Shop.Wide?Column1__contains=in&_col=ID,Column1,Column2", async (page) => {
    await page.locator("#q").fill("column 2");
    await untilAt(page, "&_q=column+2");
    await page.locator("#size").selectOption("5");
    await untilAt(page, "&_size=5");
    await page.locator("#next").click();
    await until(page, () => location.search.includes("_next="));
    const names = new Set(asked().flatMap((query) => [...new URLSearchParams(query).keys()]));
    assert.deepEqual([...names].sort(), ["Column1__contains", "_col", "_next", "_q", "_size", "_view"]);
    assert.equal((await column(page, 0)).length, 5);
  }));

for (const [table, sort] of [
  ["Shop.Item", "ID"],
  ["Shop.Hostile", "ID"],
  ["Shop.Wide", "ID"],
  ["Shop.Unkeyed", "Value"],
]) {
  test(`the script draws the rows of ${table} as the server does`, () =>
    on(`/table/${table}?_sort=-${sort}&_size=50`, async (page) => {
      await page.locator("th .sort", { hasText: sort }).first().click();
      await untilAt(page, `?_sort=${sort}&_size=50`);
      const drawn = await cells(page);
      const plain = await shop.open({ javaScriptEnabled: false });
      await plain.goto(page.url());
      assert.deepEqual(drawn, await cells(plain));
      await plain.context().close();
    }));
}

/** The cells as they are, but for what DataTables notes at them. */
function cells(page) {
  return page.$$eval("#rows tbody tr", (rows) =>
    rows.map((row) =>
      [...row.cells].map((cell) => {
        const classes = [...cell.classList].filter((name) => !/^(dt|sorting)/.test(name)).join(" ");
        return `${cell.tagName} ${cell.scope ?? ""} ${cell.dir} ${classes}: ${cell.innerHTML}`;
      }),
    ),
  );
}

/** Opens the filter's form for a column, by the menu of its head. */
async function openFilter(page, name) {
  await page.locator(`th[data-column='${name}'] .menu`).click();
  await page.getByRole("menuitem", { name: "Filter this column" }).click();
}

test("a column's values are in its menu, of the rows that are shown", () =>
  on("/table/Shop.Item?Active=true&_size=5", async (page) => {
    await page.locator("th .sort", { hasText: "Price" }).first().click();
    await untilAt(page, "?Active=true&_sort=Price&_size=5");
    await page.locator("th[data-column=Maker] .menu").click();
    await page.getByRole("menuitem", { name: "Values" }).click();
    await page.waitForURL("**/table/Shop.Item/groups?Active=true&_by=Maker");
    await page.goBack();
    // Bytes have none to be counted.
    await page.locator("th[data-column=Photo] .menu").click();
    assert.equal(await page.getByRole("menuitem", { name: "Values" }).count(), 0);
  }));

test("each head has a menu: sort, filter, hide", () =>
  on("/table/Shop.Item?_size=5", async (page) => {
    const button = page.locator("th[data-column=Price] .menu");
    await button.click();
    assert.equal(await button.getAttribute("aria-expanded"), "true");
    const words = await page.getByRole("menuitem").allInnerTexts();
    assert.deepEqual(
      words.filter((word) => word !== "Values"),
      ["Sort ascending", "Sort descending", "Filter this column", "Hide this column"],
    );
    const box = await page.locator("#column-menu").boundingBox();
    assert.ok(box.x >= 0 && box.y >= 0, "it stands within the window");
    await page.getByRole("menuitem", { name: "Sort descending" }).click();
    await untilAt(page, "?_sort=-Price&_size=5");
    // By keyboard: down, up, and away again.
    await button.focus();
    await page.keyboard.press("Enter");
    const focused = () => page.evaluate(() => document.activeElement.textContent);
    await until(page, () => document.activeElement.textContent === "Sort ascending");
    await page.keyboard.press("ArrowUp");
    assert.equal(await focused(), "Hide this column");
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(), "Sort ascending");
    await page.keyboard.press("Escape");
    assert.ok(await page.locator("#column-menu").isHidden());
    assert.equal(await button.getAttribute("aria-expanded"), "false");
    assert.ok(await button.evaluate((one) => one === document.activeElement), "the focus is back");
    await page.locator("th[data-column=Photo] .menu").click();
    assert.deepEqual(await page.getByRole("menuitem", { name: /^Sort/ }).count(), 0, "bytes have no order");
    await page.keyboard.press("Escape");
    await button.click();
    await page.getByRole("menuitem", { name: "Hide this column" }).click();
    await page.waitForURL(/_col=/);
    const shown = await page.$$eval("thead th", (heads) => heads.map((cell) => cell.dataset.column));
    assert.ok(shown.includes("Name") && !shown.includes("Price"), shown.join());
  }));

test("the filter's form offers what the column takes", () =>
  on("/table/Shop.Item?_size=5", async (page) => {
    const fields = () =>
      page.evaluate(() => {
        const [operator, operand] = ["filter-op", "filter-value"].map((id) => document.getElementById(id));
        const offered = [...operator.options].filter((option) => !option.hidden).length;
        return [operator.value, offered, operand.type, document.getElementById("filter-operand").hidden];
      });
    await openFilter(page, "Name");
    assert.deepEqual(await fields(), ["contains", 14, "text", false]);
    assert.equal(await page.evaluate(() => document.activeElement.id), "filter-value");
    for (const [name, expected] of [
      ["ID", ["", 11, "text", false]],
      ["Since", ["", 11, "date", false]],
      ["Seen", ["gte", 11, "datetime-local", false]],
      ["Active", ["", 11, "text", false]],
      ["Photo", ["isnull", 2, "text", true]],
    ]) {
      await page.locator("#filter-column").selectOption({ label: name });
      assert.deepEqual(await fields(), expected, name);
    }
    await page.locator("#filter-column").selectOption({ label: "Seen" });
    await page.locator("#filter-value").fill("2024-02-28T00:00");
    await page.getByRole("button", { name: "Add filter" }).click();
    await page.waitForURL(/Seen__gte=2024-02-28T00:00/);
    await page.waitForSelector("#rows.dataTable");
    await page.locator("summary", { hasText: "Filter" }).click();
    await page.locator("#filter-column").selectOption({ label: "Since" });
    await page.locator("#filter-op").selectOption({ label: "is NULL" });
    assert.ok(await page.locator("#filter-value").isHidden(), "a test for NULL needs no value");
    await page.locator("#filter-op").selectOption({ label: "is one of" });
    assert.equal(await page.locator("#filter-value").getAttribute("type"), "text", "a list is no date");
  }));

test("a picture that the gateway refuses is asked for again", () =>
  on("/table/Shop.Item?_size=5", async (page) => {
    let asked = 0;
    await page.route(/_cell=Photo/, (route) => {
      asked += 1;
      return asked === 1 ? route.fulfill({ status: 503 }) : route.continue();
    });
    await page.locator("#q").fill("Item 012");
    await until(page, () => document.querySelector("img.thumb")?.naturalWidth === 1);
    assert.equal(asked, 2);
    page.faults.length = 0; // the console repeats the status
  }));

test("a page with `_format` in its address is interactive too", () =>
  on("/table/Shop.Item?_format=html&_size=5", async (page) => {
    await page.locator("th .sort", { hasText: "ID" }).click();
    await untilAt(page, "?_format=html&_sort=ID&_size=5");
    assert.deepEqual(asked(), ["_sort=ID&_size=5&_view=page"]);
    await page.reload();
    await page.waitForSelector("#rows.dataTable");
    assert.equal((await column(page, 0)).length, 5);
  }));

test("after a search the forms, chips and other formats speak of it", () =>
  on("/table/Shop.Item?Active=true", async (page) => {
    await page.locator("#q").fill("apple");
    await untilAt(page, "?Active=true&_q=apple");
    const formats = await page.$$eval(".formats a", (links) => links.map((link) => link.getAttribute("href")));
    assert.ok(formats.every((href) => href.includes("_q=apple") && href.includes("_format=")));
    // The form keeps what is in force.
    await openFilter(page, "ID");
    await page.locator("#filter-op").selectOption("lte");
    await page.locator("#filter-value").fill("100");
    await page.locator("#filter-value").press("Enter");
    await page.waitForURL(/ID__lte=100/);
    const parameters = new URL(page.url()).searchParams;
    assert.deepEqual([...parameters].sort(), [
      ["Active", "true"],
      ["ID__lte", "100"],
      ["_q", "apple"],
    ]);
  }));

test("the column chooser ticks all columns or none, and requires at least one", () =>
  on("/table/Shop.Wide?_col=ID,Column1", async (page) => {
    await page.locator("summary", { hasText: "Columns" }).click();
    await page.getByRole("button", { name: "Untick all" }).click();
    await page.getByRole("button", { name: "Show these columns" }).click();
    assert.ok(await page.getByRole("alert").filter({ hasText: "Choose at least one column" }).isVisible());
    assert.equal(new URL(page.url()).search, "?_col=ID,Column1");
    await page.getByRole("button", { name: "Tick all", exact: true }).click();
    await page.getByLabel("Column7", { exact: true }).uncheck();
    await page.getByRole("button", { name: "Show these columns" }).click();
    await page.waitForSelector("#rows.dataTable");
    assert.equal(await page.locator("thead tr:first-child th").count(), 59);
  }));

test("names that a list would misread are sorted by all the same", () =>
  on("/table/Shop.Odd%20%3Cb%3Ename%3C%2Fb%3E", async (page) => {
    const head = (name) => page.locator(`th[data-column='${name}'] .sort`);
    await head("a").click();
    await until(page, () => location.search.includes("_sort"));
    assert.deepEqual(await column(page, 2), ["1", "2", "3"]);
    await head("a").click();
    await until(page, () => decodeURIComponent(location.search).includes("desc"));
    assert.deepEqual(await column(page, 2), ["3", "2", "1"]);
    await head("-a").click();
    await until(page, () => decodeURIComponent(location.search).includes('"-a","asc"'));
    assert.deepEqual(await column(page, 3), ["1", "2", "3"]);
  }));

test("the list of 2,000 tables is searched while one types, and the address can be shared", async (context) => {
  const many = await openShop({ published: "Many.*, Shop.*" });
  // Also after a failure: the tests would not end with a page left open.
  context.after(() => many.close());
  const page = await many.open();
  await page.goto("/");
  assert.equal(await page.locator(".tables li").count(), 2010);
  await page.locator("#q").fill("table019");
  await until(page, () => location.search === "?_q=table019");
  assert.equal(await page.locator(".tables li:visible").count(), 10);
  assert.equal(await page.locator("#status").textContent(), "10 of 2,010 match “table019”.");
  await page.reload();
  assert.equal(await page.locator(".tables li").count(), 10);
  await page.locator("#q").fill("no such table");
  await page.getByRole("heading", { name: "No table matches “no such table”" }).waitFor();
  assert.ok(await page.getByRole("link", { name: "Show all tables" }).isVisible());
  await page.locator("#q").fill("shop maker");
  await until(page, () => location.search === "?_q=shop+maker");
  assert.deepEqual(await page.locator(".tables li:visible a").allInnerTexts(), ["Maker"]);
  assert.deepEqual(page.faults, []);
});
