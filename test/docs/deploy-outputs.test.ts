import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { parse } from "yaml";

const text = (file: string) => readFileSync(join(import.meta.dirname, "../..", file), "utf8");

it("docs/deploy.md describes every output of the template, and no other but the framework's", () => {
  const { Outputs } = parse(text("resources/outputs.yml"), { logLevel: "silent" });
  const [, section = ""] = text("docs/deploy.md").split("\n## Outputs\n");
  const rows = (section.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| `"));
  const described = rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name));
  const framework = ["ServerlessDeploymentBucketName", "HttpApiId", "HttpApiUrl"];
  expect(described.sort()).toEqual([...Object.keys(Outputs), ...framework].sort());
});
