import { readFileSync } from "node:fs";
import { expect, it } from "@jest/globals";
import { deployPage } from "../../../scripts/recordings/deploy-page.ts";

it("docs/deploy.md shows what the command prints: npm run docs", async () => {
  const { file, text } = await deployPage();
  expect(readFileSync(file, "utf8")).toBe(text);
});
