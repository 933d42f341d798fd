// First visits where the functions have two instances each and nothing waits for a free one, as on
// Lambda with TableInstances=2 and IndexInstances=2. Instances take as long to start as there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage, startBrowser } from "./browser.js";
import { startServer } from "./server.js";

const VISITS = 10;
// Milliseconds: more than a script takes on a busy machine.
const PATIENCE = 10_000;

for (const address of ["/", "/table/Bank.Account"]) {
  test(`every first visit to ${address} is a whole page, though nothing waits for an instance`, async () => {
    const browser = await startBrowser();
    try {
      const broken = [];
      for (let visit = 0; visit < VISITS; visit += 1) {
        const server = await startServer({ INSTANCES: "2", QUEUE: "no" });
        // A browser without a cache.
        const page = await openPage(browser, { base: server.base });
        await page.goto(address);
        const styles = await page.evaluate(
          () => [...document.styleSheets].filter((sheet) => sheet.cssRules.length > 0).length,
        );
        // Its script may still be at work when the page has loaded.
        const drawn = () => page.waitForSelector("#rows.dataTable", { timeout: PATIENCE });
        const isLive = address === "/" || (await drawn().then(Boolean, () => false));
        if (styles !== 2 || !isLive || page.faults.length > 0) broken.push(page.faults);
        await page.context().close();
        await server.stop();
      }
      assert.deepEqual(broken, []);
    } finally {
      await browser.close();
    }
  });
}
