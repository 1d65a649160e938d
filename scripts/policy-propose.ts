/** `npm run policy:propose`: proposes a stricter policy for sources that are wrong too often, as a diff with its replay. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { parseYaml, YamlError } from "../build/parse-yaml.ts";
import { InputError, UsageError } from "../cli/terminal/errors.ts";
import { expectUtf8 } from "../cli/terminal/utf8-arguments.ts";
import { definedOnly } from "../lib/core/defined-only.ts";
import { visibleLine } from "../lib/core/escape-invisible.ts";
import { streamKey } from "../lib/core/stream.ts";
import { policySchema } from "../lib/policy/lint/lint.ts";
import type { Policy } from "../lib/policy/policy.ts";
import type { PastCase } from "../lib/precision/past-case.ts";
import { type Proposal, propose } from "../lib/precision/propose.ts";
import type { PastDecision, PastRecord } from "../lib/replay/past-record.ts";
import { compare, survey } from "../lib/replay/replay.ts";
import { unifiedDiff, withValue } from "./policy-edit.ts";
import { INPUT_OPTIONS, type Io, readPolicy, readReports, runTool } from "./policy-replay.ts";
import { pastRecords, reportsFile } from "./policy-replay-input.ts";
import { coverageText, createProgress, summaryText } from "./policy-replay-text.ts";

const HELP = `npm run policy:propose -- --policy FILE (--reports FILE | --since TIME) [--target 0.9] [--source NAME]
  --policy FILE   the policy that is in force, as policy.yml
  --reports FILE  records of the ledger, one a line as JSON, gzipped if its name ends in .gz; - is standard input
  --since TIME    reads them from the ledger: 90d, 12h or an ISO time; needs LEDGER_TABLE and AWS credentials, or a local
                  stack (npm start)
  --target N      the precision that a source should have: 0 to 1, by default 0.9
  --source NAME   only this source

For each source whose interval of 95 % is below the target, with at least 20 cases that people looked at: a higher minScore
for a rule, if the mistakes are in its lower score bands; otherwise grade D, with which a source can cause one pause and no
disable. Prints the diff of the policy and its replay. A rule's minScore is of all sources: the replay shows what changes
for the others. Nothing is written: apply the diff with git apply -p0, and open a pull request.
Exit codes: 0 done, 2 usage error, a policy or reports that cannot be read, or a proposal that is no valid policy.`;

const DEFAULT_TARGET = "0.9";

function readOptions(args: readonly string[], io: Io) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...INPUT_OPTIONS,
      target: { type: "string", default: DEFAULT_TARGET },
      source: { type: "string" },
    },
  });
  const { policy, reports, since, target, source, help } = values;
  if (help) return undefined;
  if (!policy) throw new UsageError("--policy is missing");
  if (!/^(0?\.\d{1,6}|1)$/.test(target))
    throw new UsageError(`--target ${target} must be between 0 and 1, such as 0.9`);
  return { policy, source, target: Number(target), reports: readReports({ reports, since, save: undefined }, io) };
}

async function proposeChanges(args: readonly string[], io: Io): Promise<number> {
  expectUtf8(args, io.env);
  const options = readOptions(args, io);
  const print = (text: string) => void io.stdout.write(`${text}\n`);
  if (!options) {
    print(HELP);
    return 0;
  }
  const { policy: name, source, target } = options;
  const policy = readPolicy(name);
  if (source !== undefined && !Object.hasOwn(policy.sources, source))
    throw new UsageError(`--source ${source} is not a source of the policy`);
  const progress = createProgress(io.stderr);
  const file = await reportsFile(options.reports, io, progress.show);
  const read = () => pastRecords(file, (count) => progress.show(`${count} reports`));
  const cases = await casesBySource(read(), source);
  progress.clear();
  const proposals = propose(cases, policy, target);
  if (proposals.length === 0) {
    print(`nothing to propose: no source is shown to be right in less than ${target * 100} % of at least 20 cases`);
    return 0;
  }
  for (const each of proposals) print(proposalText(each));
  const before = readFileSync(name, "utf8");
  const after = strictest(proposals).reduce(
    (text, each) => withValue(text, pathOf(each, policy), String(each.to)) ?? text,
    before,
  );
  print(`\n${unifiedDiff(before, after, name).split("\n").map(visibleLine).join("\n")}`);
  const candidate = readProposed(after, name);
  const surveyed = await survey(read(), candidate);
  const compared = await compare(read(), candidate, surveyed, () => {});
  progress.clear();
  const look = { isTerminal: false, isColoured: false };
  print(coverageText(surveyed.coverage));
  print(summaryText({ coverage: surveyed.coverage, surveyed, compared, budget: undefined }, look));
  print(`\nnothing was changed; npm run policy:replay shows each decision that would`);
  return 0;
}

/** A valid policy can become invalid: a rule with a higher `minScore` may never match, because of a rule before it. */
function readProposed(text: string, file: string): Policy {
  try {
    return parseYaml(text, policySchema, { file, subject: "the policy as proposed" });
  } catch (cause) {
    if (cause instanceof YamlError)
      throw new InputError(`${cause.message}\nit was not replayed: mend these with the proposal`, { cause });
    throw cause;
  }
}

async function casesBySource(
  records: AsyncIterable<PastRecord>,
  only: string | undefined,
): Promise<Map<string, PastCase[]>> {
  const cases = new Map<string, PastCase[]>();
  for await (const past of records) {
    if (past.kind !== "decision") continue;
    const { source } = past.record.report;
    if (only !== undefined && source !== only) continue;
    const ofSource = cases.get(source) ?? [];
    ofSource.push(caseOf(past.record));
    cases.set(source, ofSource);
  }
  return cases;
}

function caseOf({ key, report, decision, facts, verdict, overturns }: PastDecision): PastCase {
  const { category, score, stream } = report;
  const { action, rule } = decision;
  const claimed = definedOnly({ category, score, action, rule, stream: streamKey(stream) });
  return definedOnly({ key, decidedAt: facts.workedAt, claimed, verdict, overturns });
}

/** Several sources may ask for a higher `minScore` of one rule: the highest is enough for all of them. */
const strictest = (proposals: readonly Proposal[]): Proposal[] =>
  proposals.filter(
    (each) =>
      each.kind !== "minScore" ||
      !proposals.some((other) => other.kind === "minScore" && other.rule === each.rule && other.to > each.to),
  );

const pathOf = (proposal: Proposal, { rules }: Policy): (string | number)[] =>
  proposal.kind === "grade"
    ? ["sources", proposal.source, "grade"]
    : ["rules", rules.findIndex(({ id }) => id === proposal.rule), "minScore"];

const percent = (share = 0): string => `${(share * 100).toFixed(1)} %`;

function proposalText(proposal: Proposal): string {
  const { source, figure } = proposal;
  const known = `${percent(figure.precision)} (${percent(figure.low)} to ${percent(figure.high)}) of ${figure.cases} cases`;
  return proposal.kind === "grade"
    ? `source ${source} is right in ${known}: grade ${proposal.from} → ${proposal.to}, so that it can cause one pause and no disable`
    : `source ${source} is right in ${known} of rule ${proposal.rule} with a score of ${proposal.band}: minScore ${proposal.from} → ${proposal.to}`;
}

/** @returns the exit code; rejects only on an internal error. */
export const main = (args: readonly string[], io: Io): Promise<number> =>
  runTool(HELP, () => proposeChanges(args, io), io);

if (import.meta.main) {
  const { stdin, stdout, stderr, env } = process;
  const createClient = () => new DynamoDBClient({ maxAttempts: 8 });
  process.exitCode = await main(process.argv.slice(2), { stdin, stdout, stderr, env, createClient });
}
