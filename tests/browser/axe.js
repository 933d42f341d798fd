// What axe, which knows the rules of accessibility, finds on a page.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** What axe finds in both colour schemes, in a line for each. The pages' policy would not let it in. */
export async function violations(page) {
  const source = readFileSync(AXE, "utf8");
  await page.evaluate(source);
  const all = [];
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const { violations: found } = await page.evaluate(() =>
      globalThis.axe.run(document, { resultTypes: ["violations"] }),
    );
    for (const { id, nodes } of found) {
      all.push(...nodes.map(({ target, failureSummary }) => `${colorScheme}: ${id} at ${target}: ${failureSummary}`));
    }
  }
  return all;
}
