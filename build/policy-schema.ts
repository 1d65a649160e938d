/**
 * Writes policy.schema.json, by which an editor completes and checks policy.yml while it is typed: `node build/policy-schema.ts`.
 * It says what the shape says; what goes beyond a shape is found when the policy is compiled.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { policyShape } from "../lib/policy/schema.ts";

export const SCHEMA_FILE = join(import.meta.dirname, "../policy.schema.json");

/** The same bytes for the same shape. Draft 7 is what the YAML extensions of editors read. */
export function policyJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(policyShape, { io: "input", target: "draft-7" });
  const title = "The offair policy: who may report, which streams are in scope, and what happens to which report";
  return `${listsInOneLine(JSON.stringify({ $schema, title, ...schema }, null, 2))}\n`;
}

/** As the formatter would have it, for the file is committed. A text of JSON holds no line break, so these are lists. */
const listsInOneLine = (json: string): string =>
  json.replaceAll(/^(.*\[)\n([^[\]{}]*)\n *(\],?)$/gm, (lines, before: string, items: string, after: string) => {
    const line = `${before}${items.trim().replaceAll(/\n */g, " ")}${after}`;
    return line.length > 120 ? lines : line;
  });

if (import.meta.main) writeFileSync(SCHEMA_FILE, policyJsonSchema());
