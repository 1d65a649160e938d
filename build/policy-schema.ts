/**
 * Writes policy.schema.json, with which editors complete and check policy.yml: `node build/policy-schema.ts`. It describes the shape only;
 * the other checks run when the policy is compiled.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { policyShape } from "../lib/policy/schema.ts";

export const SCHEMA_FILE = join(import.meta.dirname, "../policy.schema.json");

/** Returns the same bytes for the same shape. Editors' YAML extensions read draft 7. */
export function policyJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(policyShape, { io: "input", target: "draft-7" });
  const title = "The offair policy: who may report, which streams are in scope, and what happens to which report";
  return `${listsInOneLine(JSON.stringify({ $schema, title, ...schema }, null, 2))}\n`;
}

/** Puts short lists on one line, as the formatter does, because the file is committed. JSON strings contain no line break. */
export const listsInOneLine = (json: string): string =>
  json.replaceAll(/^(.*\[)\n([^[\]{}]*)\n *(\],?)$/gm, (lines, before: string, items: string, after: string) => {
    const line = `${before}${items.trim().replaceAll(/\n */g, " ")}${after}`;
    return line.length > 120 ? lines : line;
  });

if (import.meta.main) writeFileSync(SCHEMA_FILE, policyJsonSchema());
