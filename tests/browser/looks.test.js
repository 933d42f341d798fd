// How the pages look and read: for everybody (axe), on a narrow screen, by keyboard, on paper, and to a cache.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violations } from "./axe.js";
import { DESKTOP, PHONE } from "./browser.js";
import { column, openShop, until, untilAt, visit } from "./shop.js";

const ODD = "/table/Shop.Odd%20%3Cb%3Ename%3C%2Fb%3E";
// An address of each page, and of each state that has another look.
const PAGES = [
  "/",
  "/?_q=maker",
  "/?_q=nothing+there",
  "/table/Shop.Item?_sort=-Price,ID&_size=50",
  "/table/Shop.Item?Name__contains=apple&_q=item&_count=exact",
  "/table/Shop.Item?ID__gt=9999",
  "/table/Shop.Hostile",
  "/table/Shop.Wide",
  "/table/Shop.Bare",
  "/table/Shop.Unkeyed",
  ODD,
  "/table/Shop.Item/row?ID=6",
  "/table/Shop.Maker/row?ID=3",
  "/table/Shop.Item/schema",
  "/table/Shop.Item/groups",
  "/table/Shop.Item/groups?_by=Maker&_sum=Price&_avg=Price&ID__lt=90",
  "/table/Shop.Item/groups?_by=Since:day&_sum=Price",
  "/table/Shop.Item/groups?_by=Maker,Seen:day",
  "/table/Shop.Item/groups?_by=ID&_size=3",
  "/table/Shop.Hostile/groups?_by=Value",
  "/docs",
  "/docs?_table=Shop.Item",
  "/me",
  "/table/Shop.Item?_size=many",
  "/table/Shop.None",
  "/nothing/here",
];

let shop;
before(async () => (shop = await openShop()));
after(() => shop.close());

for (const javaScriptEnabled of [true, false]) {
  for (const [name, viewport] of [
    ["1280 px", DESKTOP],
    ["360 px", PHONE],
  ]) {
    test(`axe finds nothing at ${name}, light and dark, ${javaScriptEnabled ? "with" : "without"} scripts`, async () => {
      // A colour that is on its way to another one is none to judge.
      const page = await shop.open({ viewport, bypassCSP: true, reducedMotion: "reduce" });
      // axe is a script itself: without scripts means without ours, and with what is there for those who have none.
      if (!javaScriptEnabled) await page.route("**/static/*.js", (route) => route.abort());
      const all = [];
      for (const address of PAGES) {
        if (javaScriptEnabled) await visit(page, address);
        else await page.goto(address);
        if (!javaScriptEnabled)
          await page.addStyleTag({ content: ".without-script { display: inline-block !important }" });
        for (const found of await violations(page)) all.push(`${address}: ${found}`);
      }
      if (javaScriptEnabled) all.push(...(await inMotion(page)));
      assert.deepEqual(all, []);
      await page.context().close();
    });
  }
}

/** The contrast of two colours, as WCAG 2 has it. */
function contrast(one, other) {
  const luminance = (colour) => {
    const parts = colour
      .match(/[\d.]+/g)
      .slice(0, 3)
      .map(Number);
    const [red, green, blue] = parts.map((part) => {
      const share = part / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [less, more] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (more + 0.05) / (less + 0.05);
}

// axe passes over what is disabled, as the choice of a file is while it is made.
test("a field that is disabled can be read, in light and dark", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await shop.open({ colorScheme });
    await visit(page, "/table/Shop.Item");
    const fields = await page.$$eval("input.form-control, select.form-select", (all) =>
      all.map((field) => {
        field.disabled = true;
        const { color, backgroundColor } = getComputedStyle(field);
        return { name: field.id || field.name, color, backgroundColor };
      }),
    );
    assert.ok(fields.length > 4);
    for (const { name, color, backgroundColor } of fields)
      assert.ok(contrast(color, backgroundColor) >= 4.5, `${colorScheme} ${name}: ${color} on ${backgroundColor}`);
    await page.context().close();
  }
});

/** What axe finds in states that only a script makes. */
async function inMotion(page) {
  const found = [];
  await visit(page, "/table/Shop.Item");
  for (const summary of await page.locator(".tool > summary").all()) {
    await summary.click();
    found.push(...(await violations(page)));
  }
  await page.keyboard.press("Escape");
  await page.locator("th .menu").first().click();
  await page.locator("#column-menu:popover-open").waitFor();
  found.push(...(await violations(page)));
  await page.keyboard.press("Escape");
  if (await page.locator(".expander").first().isVisible()) await page.locator(".expander").first().click();
  found.push(...(await violations(page)));
  await page.context().setOffline(true);
  await page.locator("th .sort").first().click();
  await page.locator("#problem .failed").waitFor();
  found.push(...(await violations(page)));
  await page.context().setOffline(false);
  await page.locator("#q").fill("no such thing");
  await until(page, () => !document.getElementById("empty").hidden);
  found.push(...(await violations(page)));
  return found.map((words) => `in motion: ${words}`);
}

test("no page violates the policy or writes to the console", async () => {
  const page = await shop.open();
  for (const address of PAGES) {
    page.faults.length = 0;
    const response = await visit(page, address);
    const expected =
      response.status() < 400
        ? []
        : [
            `Failed to load resource: the server responded with a status of ${response.status()} (${response.statusText()})`,
          ];
    assert.deepEqual(page.faults, expected, address);
    assert.match(response.headers()["content-security-policy"], /script-src 'self'; .*frame-ancestors 'none'$/);
  }
  await page.context().close();
});

test("nothing is wider than a narrow screen, with and without scripts", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await shop.open({ javaScriptEnabled, viewport: PHONE });
    for (const address of PAGES) {
      if (javaScriptEnabled) await visit(page, address);
      else await page.goto(address);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(
        width <= PHONE.width,
        `${address} is ${width} px wide ${javaScriptEnabled ? "with" : "without"} scripts`,
      );
    }
    await page.context().close();
  }
});

test("on a narrow screen a button opens the columns that do not fit, and links in them work", async () => {
  const page = await shop.open({ viewport: PHONE });
  await visit(page, "/table/Shop.Item?_size=5");
  for (const isDrawnByScript of [false, true]) {
    if (isDrawnByScript) {
      await page.locator("th .sort", { hasText: "ID" }).click();
      await untilAt(page, "?_sort=ID&_size=5");
    }
    const row = page.locator("tbody tr").first();
    const button = row.locator(".expander");
    assert.equal(await button.getAttribute("aria-expanded"), "false");
    await button.click();
    assert.equal(await button.getAttribute("aria-expanded"), "true");
    const shown = await row.locator(":is(th, td):visible").count();
    const terms = await page.locator(".others dt").allInnerTexts();
    assert.equal(terms.length + shown, 10, "every column is either shown or opened");
    const maker = page.locator(".others > div", { hasText: "Maker" });
    assert.equal(await maker.locator("a.ref").getAttribute("href"), "/table/Shop.Maker/row?ID=2");
    await button.click();
    assert.equal(await page.locator(".others").count(), 0);
  }
  await page.context().close();
});

test("a row that is opened on a narrow screen is no wider than that, however long its texts", async () => {
  const page = await shop.open({ viewport: PHONE });
  await visit(page, "/table/Shop.Story");
  const shown = await page.locator("thead th:visible bdi").allInnerTexts();
  await page.locator(".expander").first().click();
  const text = page.locator(".others > div", { hasText: "tortoise" }).locator("dd");
  const { x, width } = await text.boundingBox();
  assert.ok(x + width <= PHONE.width, `the text ends at ${x + width} px`);
  assert.deepEqual(await page.locator("thead th:visible bdi").allInnerTexts(), shown);
  const { scrollWidth, clientWidth } = await page
    .locator("#scroller")
    .evaluate((box) => ({ scrollWidth: box.scrollWidth, clientWidth: box.clientWidth }));
  assert.ok(scrollWidth <= clientWidth);
  await page.context().close();
});

test("on a narrow screen a long text fits beside the key", async () => {
  const page = await shop.open({ viewport: PHONE });
  await visit(page, "/table/Shop.Hostile");
  assert.deepEqual(await page.locator("thead th:visible bdi").allInnerTexts(), ["ID", "Value"]);
  const { scrollWidth, clientWidth } = await page
    .locator("#scroller")
    .evaluate((box) => ({ scrollWidth: box.scrollWidth, clientWidth: box.clientWidth }));
  assert.ok(scrollWidth <= clientWidth, "and all of it is visible");
  await page.context().close();
});

test("a hint that there is more at the side stands where there is", async () => {
  for (const [viewport, isThere] of [
    [DESKTOP, false],
    [PHONE, true],
  ]) {
    const page = await shop.open({ viewport });
    await page.goto("/table/Shop.Item/schema");
    assert.equal(await page.locator(".scroll-hint").isVisible(), isThere, `${viewport.width} px`);
    const more = await page.locator(".scroller").evaluate((box) => box.scrollWidth > box.clientWidth);
    assert.equal(more, isThere);
    await page.context().close();
  }
});

test("a phone that is turned shows more columns", async () => {
  const page = await shop.open({ viewport: PHONE });
  await visit(page, "/table/Shop.Item?_size=5");
  const shown = () => page.locator("thead tr:first-child th:visible").count();
  const before = await shown();
  await page.setViewportSize({ width: PHONE.height, height: PHONE.width });
  await until(
    page,
    (count) =>
      [...document.querySelectorAll("thead tr:first-child th")].filter((head) => head.offsetWidth).length > count,
    before,
  );
  const { scrollWidth, clientWidth } = await page
    .locator("#scroller")
    .evaluate((box) => ({ scrollWidth: box.scrollWidth, clientWidth: box.clientWidth }));
  assert.ok(scrollWidth <= clientWidth, "and no more than fit");
  await page.setViewportSize(PHONE);
  await until(
    page,
    (count) =>
      [...document.querySelectorAll("thead tr:first-child th")].filter((head) => head.offsetWidth).length === count,
    before,
  );
  await page.context().close();
});

test("on a narrow screen every column can be filtered and chosen", async () => {
  const page = await shop.open({ viewport: PHONE });
  await visit(page, "/table/Shop.Item?_size=5");
  assert.ok(await page.locator("th[data-column=Weight]").isHidden());
  await page.locator("summary", { hasText: "Filter" }).click();
  await page.locator("#filter-column").selectOption({ label: "Weight" });
  await page.locator("#filter-op").selectOption({ label: "≥" });
  await page.locator("#filter-value").fill("62");
  await page.getByRole("button", { name: "Add filter" }).click();
  await page.waitForURL(/_size=5&Weight__gte=62$/);
  await page.waitForSelector("#rows.dataTable");
  assert.deepEqual(await page.locator("tbody th a").allInnerTexts(), ["248", "249", "250"]);
  await page.locator("summary", { hasText: "Columns" }).click();
  await page.getByRole("button", { name: "Untick all" }).click();
  for (const name of ["ID", "Photo"]) await page.getByLabel(name, { exact: true }).check();
  await page.getByRole("button", { name: "Show these columns" }).click();
  await page.waitForURL(/_col=ID%2CPhoto|_col=ID,Photo/);
  await page.waitForSelector("#rows.dataTable");
  assert.deepEqual(await page.locator("thead th:visible bdi").allInnerTexts(), ["ID", "Photo"]);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("on a narrow screen the rows begin high up", async () => {
  const page = await shop.open({ viewport: PHONE });
  for (const address of ["/table/Shop.Item?_size=5", "/table/Shop.Wide"]) {
    await visit(page, address);
    const { y } = await page.locator("#scroller").boundingBox();
    assert.ok(y <= 300, `${address}: ${y} px of ${PHONE.height}`);
  }
  await page.context().close();
});

test("rows do not move while the script takes over", async () => {
  const tables = ["/table/Shop.Item", "/table/Shop.Story"];
  for (const [viewport, table] of [DESKTOP, PHONE].flatMap((viewport) => tables.map((table) => [viewport, table]))) {
    const page = await shop.open({ viewport });
    await page.addInitScript(() => {
      globalThis.moved = 0;
      new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) globalThis.moved += value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    await visit(page, table);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    const moved = await page.evaluate(() => globalThis.moved);
    assert.ok(moved < 0.05, `${table}: a layout shift of ${moved} at ${viewport.width} px`);
    await page.context().close();
  }
});

test("on a narrow screen the buttons of an error stand within it, one beside or below the other", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await shop.open({ javaScriptEnabled, viewport: PHONE });
    for (const address of [
      "/table/Shop.Item?_size=many&_sort=ID",
      `${ODD}?${"wrong".repeat(40)}=1`,
      "/table/Shop.None",
    ]) {
      await page.goto(address);
      const boxes = await page.$$eval(".actions .btn", (links) =>
        links.map((link) => link.getBoundingClientRect()).map(({ x, y, right, bottom }) => ({ x, y, right, bottom })),
      );
      assert.ok(boxes.length >= 2, address);
      for (const [index, box] of boxes.entries()) {
        assert.ok(
          box.x >= 0 && box.right <= PHONE.width && box.bottom - box.y >= 24,
          `${address} ${JSON.stringify(box)}`,
        );
        const apart = boxes
          .slice(0, index)
          .every((other) => other.right <= box.x || other.x >= box.right || other.bottom <= box.y);
        assert.ok(apart, `${address}: ${index} covers another`);
      }
    }
    await page.context().close();
  }
});

test("panels do not move the rows", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await shop.open({ javaScriptEnabled });
    if (javaScriptEnabled) await visit(page, "/table/Shop.Item");
    else await page.goto("/table/Shop.Item");
    const summaries = page.locator(".tool > summary");
    const places = () => summaries.evaluateAll((all) => all.map((one) => JSON.stringify(one.getBoundingClientRect())));
    const rows = () => page.locator("#scroller").evaluate((box) => JSON.stringify(box.getBoundingClientRect()));
    const before = [await places(), await rows()];
    for (const words of ["Filter", "Columns"]) {
      await page.locator("summary", { hasText: words }).click();
      assert.deepEqual([await places(), await rows()], before, words);
    }
    assert.equal(await page.locator(".tool[open]").count(), 1, "one panel replaces another");
    if (javaScriptEnabled) {
      await page.keyboard.press("Escape");
      assert.equal(await page.locator(".tool[open]").count(), 0);
      assert.match(await page.evaluate(() => document.activeElement.textContent), /^Columns/);
    }
    await page.context().close();
  }
});

test("a table of few columns is no wider than they need", async () => {
  const page = await shop.open();
  await visit(page, "/table/Shop.Maker");
  const widths = await page.$$eval("thead tr:first-child th", (heads) => heads.map((head) => head.offsetWidth));
  assert.ok(widths[0] < 130 && widths[1] < 400, widths.join());
  await page.context().close();
});

test("without scripts a narrow screen scrolls the rows beside a first column that stays", async () => {
  const page = await shop.open({ javaScriptEnabled: false, viewport: PHONE });
  await page.goto("/table/Shop.Wide");
  const first = page.locator("tbody th").first();
  const before = (await first.boundingBox()).x;
  await page.locator("tbody tr").first().locator("td").last().scrollIntoViewIfNeeded();
  assert.ok(await page.locator("tbody tr").first().locator("td").last().isVisible());
  assert.equal((await first.boundingBox()).x, before);
  await page.context().close();
});

test("sixty columns stay usable: head and first column stay where they are", async () => {
  const page = await shop.open();
  await visit(page, "/table/Shop.Wide");
  const head = page.locator("thead th").first();
  const top = (await head.boundingBox()).y;
  const last = page.locator("tbody tr").last().locator("td").last();
  await page.locator("#scroller").evaluate((box) => box.scrollTo(box.scrollWidth, box.scrollHeight));
  await page.locator("#scroller").scrollIntoViewIfNeeded();
  assert.ok(await last.isVisible());
  const boxes = await Promise.all([head, page.locator("tbody th").last()].map((each) => each.boundingBox()));
  assert.ok(
    boxes.every((box) => box.x >= 0 && box.x < 100),
    JSON.stringify(boxes),
  );
  assert.ok(Math.abs(boxes[0].y - (await page.locator("#scroller").boundingBox()).y) < 5, `the head was at ${top}`);
  await page.context().close();
});

test("all of it is done by keyboard", async () => {
  const page = await shop.open();
  await visit(page, "/table/Shop.Item?_size=5");
  const focus = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
  await page.keyboard.press("Tab");
  assert.equal(await focus(), "Skip to the content");
  assert.ok(await page.locator(".skip").evaluate((link) => link.getBoundingClientRect().top >= 0), "it is seen");
  const before = shop.asked.length;
  await page.keyboard.press("Enter");
  assert.equal(shop.asked.length, before, "skipping makes no request");
  const seen = [];
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press("Tab");
    seen.push(await focus());
    if (seen.at(-1).startsWith("Price")) break;
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(outline, "solid", `${seen.at(-1)} shows that it has the focus`);
  }
  assert.ok(seen.includes("q") && seen.includes("size") && seen.includes("Filter"), seen.join(" | "));
  await page.keyboard.press("Enter");
  await untilAt(page, "?_sort=Price&_size=5");
  assert.ok((await focus()).startsWith("Price"), "the focus stays");
  await page.keyboard.press("Shift+Enter");
  await untilAt(page, "?_sort=-Price&_size=5");
  await page.locator("#next").focus();
  await page.keyboard.press("Enter");
  await until(page, () => location.search.includes("_next"));
  assert.equal((await column(page, 0)).length, 5);
  await page.context().close();
});

test("texts run in their own direction", async () => {
  const page = await shop.open();
  await visit(page, "/table/Shop.Hostile");
  const directions = await page.$$eval("tbody td", (cells) => cells.map((cell) => getComputedStyle(cell).direction));
  assert.equal(directions[6], "rtl");
  assert.equal(directions[7], "ltr");
  const sides = await page.$$eval("tbody td", (cells) =>
    cells.map((cell) => {
      const { direction, textAlign } = getComputedStyle(cell);
      return textAlign === "start" && direction === "ltr" ? "left" : textAlign;
    }),
  );
  assert.deepEqual(new Set(sides.slice(0, 10)), new Set(["left"]), "they stand where their column stands");
  await page.context().close();
});

test("on paper there are rows and no controls", async () => {
  const page = await shop.open();
  await visit(page, "/table/Shop.Item?_size=100");
  await page.emulateMedia({ media: "print" });
  for (const control of [".tools", ".pager", ".site-head nav", "th .menu"]) {
    assert.ok(await page.locator(control).first().isHidden(), control);
  }
  assert.ok(await page.locator("tbody tr").last().isVisible());
  const isWhole = await page.locator("#scroller").evaluate((box) => box.scrollHeight <= box.clientHeight + 1);
  assert.ok(isWhole, "all rows are printed, not only the visible ones");
  await page.context().close();
});

test("paper has all columns, also of a phone, and none runs off it", async () => {
  for (const viewport of [DESKTOP, PHONE]) {
    const page = await shop.open({ viewport });
    for (const [address, count] of [
      ["/table/Shop.Item?_size=5", 10],
      ["/table/Shop.Wide?_size=5", 60],
    ]) {
      await visit(page, address);
      // A landscape sheet, less its margins, in CSS pixels.
      await page.emulateMedia({ media: "print" });
      await page.setViewportSize({ width: 980, height: 700 });
      const { shown, right } = await page.evaluate(() => {
        const cells = [...document.querySelectorAll("#rows thead tr:first-child th")];
        const boxes = cells.map((cell) => cell.getBoundingClientRect());
        return {
          shown: boxes.filter((box) => box.width > 0).length,
          right: Math.max(...boxes.map((box) => box.right)),
        };
      });
      assert.equal(shown, count, address);
      assert.ok(right <= 980, `${address} is ${right} px wide`);
      await page.emulateMedia({ media: "screen" });
      await page.setViewportSize(viewport);
      await page.waitForSelector("#rows.dataTable");
    }
    await page.context().close();
  }
});

test("on paper a row of many columns is a block of titles and values that can be read", async () => {
  const page = await shop.open();
  await visit(page, "/table/Shop.Wide?_size=5");
  await page.pdf();
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 980, height: 700 });
  const cells = await page.$$eval("#rows tbody tr:first-child > *", (all) =>
    all.map((cell) => ({
      words: `${getComputedStyle(cell, "::before").content}: ${cell.innerText}`,
      size: Number.parseFloat(getComputedStyle(cell).fontSize),
      right: cell.getBoundingClientRect().right,
      width: cell.getBoundingClientRect().width,
    })),
  );
  assert.deepEqual([cells.length, cells[0].words, cells[59].words], [60, '"ID": 1', '"Column59": 1 in column 59']);
  for (const { words, size, right, width } of cells) {
    assert.ok(size >= 9 && right <= 980 && width > 100, `${words}: ${size} px, ${width} px wide, to ${right}`);
  }
  await page.context().close();
});

test("the pages' files are cached for ever and compressed", async () => {
  const page = await shop.open();
  const responses = [];
  page.on("response", (response) => response.url().includes("/static/") && responses.push(response));
  await visit(page, "/table/Shop.Item");
  assert.equal(responses.length, 3);
  for (const response of responses) {
    const headers = await response.allHeaders();
    assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
    assert.equal(headers["content-encoding"], "gzip");
  }
  assert.equal(await page.evaluate(() => typeof window.jQuery), "undefined");
  await page.context().close();
});
