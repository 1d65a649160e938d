/**
 * `node scripts/unused-rights.ts --used FILE`: compares the rights of the packaged template's roles with those that the functions used
 * (`OFFAIR_RIGHTS_FILE=FILE` of the demo, the exercises and the stack tests). Exit code 1 for a right that nothing used and that the list
 * below does not explain, and for an entry of the list that is used or that no role has.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { run, UsageError } from "../local/kit/arguments.ts";
import { rightNames } from "../local/stack/right-names.ts";
import { readTemplate } from "../local/stack/template.ts";
import { compareRights } from "./compare-rights.ts";

const HELP = `node scripts/unused-rights.ts --used FILE [--template FILE]
  --used FILE      what the functions used, as OFFAIR_RIGHTS_FILE recorded it
  --template FILE  template of the package (default: .serverless, of the stage local)`;
const TEMPLATE = join(import.meta.dirname, "../.serverless/cloudformation-template-update-stack.json");

/** Rights that no exercise uses, each with the reason for which its role needs it. */
const NEEDED_BUT_NOT_EXERCISED: Readonly<Record<string, string>> = {
  "AuditRole sqs:SendMessage BulkQueue": "requests repairs, which the policy of the repository does not ask for",
};

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { used: { type: "string" }, template: { type: "string", default: TEMPLATE } },
  });
  if (values.used === undefined) throw new UsageError("--used is missing: the file that OFFAIR_RIGHTS_FILE named");
  const used = (await readFile(values.used, "utf8")).split("\n").filter((line) => line !== "");
  const given = [...rightNames(await readTemplate(values.template))].flatMap(([role, names]) =>
    names.map((name) => `${role} ${name}`),
  );
  const problems = compareRights(given, used, NEEDED_BUT_NOT_EXERCISED);
  for (const problem of problems) console.log(problem);
  console.log(`${given.length} rights, ${new Set(used).size} of them used, ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}

await run(main, HELP);
