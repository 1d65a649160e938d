/** What axe-core finds on a page. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Also what is closed. Everything that axe-core knows, its best practices too. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(`for (const details of document.querySelectorAll("details")) details.open = true`);
  if (!(await page.evaluate(`"axe" in globalThis`))) await page.evaluate(AXE);
  const { violations: found } = await page.evaluate<AxeResults>(
    `axe.run({ resultTypes: ["violations"], preload: false })`,
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0]?.html.slice(0, 200)}`);
}
