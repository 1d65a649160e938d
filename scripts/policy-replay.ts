/** `npm run policy:replay -- --policy FILE --reports FILE|--since TIME`: decides past reports again with a candidate policy. */
import type { Writable } from "node:stream";
import { parseArgs } from "node:util";
import { isNativeError } from "node:util/types";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { compilePolicy } from "../build/compile-policy.ts";
import { YamlError } from "../build/parse-yaml.ts";
import { InputError, UsageError } from "../cli/terminal/errors.ts";
import { momentOf } from "../cli/terminal/instant.ts";
import { useLocalStack } from "../cli/terminal/local-stack.ts";
import { expectUtf8 } from "../cli/terminal/utf8-arguments.ts";
import { OffairError } from "../lib/core/errors.ts";
import { visibleJson, visibleLine } from "../lib/core/escape-invisible.ts";
import { DAY_MS, HOUR_MS } from "../lib/core/time.ts";
import type { Policy } from "../lib/policy/policy.ts";
import { compare, isChange, survey } from "../lib/replay/replay.ts";
import { NdjsonError } from "./ndjson.ts";
import { pastRecords, type ReportsFrom, type ReportsIo, reportsFile } from "./policy-replay-input.ts";
import { changeText, coverageText, createProgress, summaryText } from "./policy-replay-text.ts";

const HELP = `npm run policy:replay -- --policy FILE (--reports FILE | --since TIME) [--save FILE] [--budget N|N%] [--json]
  --policy FILE   the candidate, as policy.yml
  --reports FILE  records of the ledger, one a line as JSON, gzipped if its name ends in .gz; - is standard input
  --since TIME    reads them from the ledger: 30d, 12h or an ISO time; needs LEDGER_TABLE and AWS credentials,
                  or a local stack (npm start)
  --save FILE     saves the reports of --since, for --reports
  --budget N|N%   exit code 1 if more decisions change: a number, or a percentage of the reports that can be replayed
  --disagreements N|N%
                  exit code 1 if more decisions disagree with what people said of the report: a number, or a percentage
                  of the reports that people looked at
  --json          prints one object per line: the changes, then the summary

A decision that disagrees with a person's verdict, or with an action that a person marked as wrong, is printed also if it
does not change, and marked: ! a person rejected this: … Only changes count against --budget.

Every report is decided with the facts that the worker saw. The effect of a changed decision on later reports (a stream
that was paused before is disabled now) is not simulated. The counters of the limits start at zero.
Exit codes: 0 done, 1 over the budget or the disagreements, 2 usage error, a policy or reports that cannot be read, or nothing was replayed.`;

const MAX_SINCE_MS = 400 * DAY_MS;

type Out = Writable & { readonly isTTY?: boolean; hasColors?(): boolean };
export interface Io extends ReportsIo {
  readonly stdout: Out;
  readonly stderr: Out;
  readonly env: NodeJS.ProcessEnv;
}

interface Budget {
  readonly text: string;
  /** The largest number of changes within the budget. */
  readonly max: (replayable: number) => number;
}

function readBudget(text: string, option: string): Budget {
  const [, digits, percent] = /^(\d{1,9}(?:\.\d{1,6})?)(%?)$/.exec(text) ?? [];
  const value = Number(digits);
  if (percent === "%" && value <= 100) return { text, max: (replayable) => (replayable * value) / 100 };
  if (percent === "" && Number.isInteger(value)) return { text, max: () => value };
  throw new UsageError(`${option} must be a whole number, or a percentage such as 0.5%`);
}

/** Parses `30d`, `12h`, a day or an instant within the last 400 days. */
function readSince(text: string, now: Date): Date {
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  const sinceMs = count
    ? now.getTime() - Number(count) * (unit === "d" ? DAY_MS : HOUR_MS)
    : (momentOf(text)?.getTime() ?? Number.NaN);
  if (now.getTime() - sinceMs <= MAX_SINCE_MS && sinceMs < now.getTime()) return new Date(sinceMs);
  throw new UsageError("--since must be a time of the last 400 days: 30d, 12h, 2026-11-21T00:00:00Z");
}

function readTable({ env, stderr }: Io): string {
  useLocalStack("stores", env, (text) => stderr.write(`${text}\n`));
  const table = env.LEDGER_TABLE;
  if (table) return table;
  throw new UsageError("LEDGER_TABLE is not set: it is the name of the ledger's table");
}

/** The options of every program that replays reports. */
export const INPUT_OPTIONS = {
  policy: { type: "string" },
  reports: { type: "string" },
  since: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

function readOptions(args: readonly string[], io: Io) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...INPUT_OPTIONS,
      save: { type: "string" },
      budget: { type: "string" },
      disagreements: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const { policy, reports, since, save, budget, disagreements, json, help } = values;
  if (help) return undefined;
  if (!policy) throw new UsageError("--policy is missing");
  return {
    policy,
    json,
    reports: readReports({ reports, since, save }, io),
    budget: budget === undefined ? undefined : readBudget(budget, "--budget"),
    disagreements: disagreements === undefined ? undefined : readBudget(disagreements, "--disagreements"),
  };
}

interface ReportsOptions {
  readonly reports: string | undefined;
  readonly since: string | undefined;
  readonly save: string | undefined;
}

/** Where the reports come from. @throws UsageError */
export function readReports({ reports, since, save }: ReportsOptions, io: Io): ReportsFrom {
  if ((reports === undefined) === (since === undefined)) throw new UsageError("give either --reports or --since");
  if (save !== undefined && since === undefined) throw new UsageError("--save needs --since");
  return since === undefined
    ? { file: reports ?? "" }
    : { since: readSince(since, new Date()), table: readTable(io), save };
}

/** @throws InputError with every issue of the policy. */
export function readPolicy(file: string): Policy {
  try {
    return compilePolicy(file);
  } catch (cause) {
    if (cause instanceof YamlError) throw new InputError(cause.message, { cause });
    const reason = isNativeError(cause) ? ("code" in cause ? String(cause.code) : cause.message) : "unknown error";
    throw new InputError(`cannot read ${file}: ${reason}`, { cause });
  }
}

async function replay(args: readonly string[], io: Io): Promise<number> {
  expectUtf8(args, io.env);
  const options = readOptions(args, io);
  const { stdout: out } = io;
  if (!options) {
    out.write(`${HELP}\n`);
    return 0;
  }
  const { json } = options;
  out.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error; // the reader closed the pipe: `| head`
  });
  const look = { isTerminal: out.isTTY === true, isColoured: out.hasColors?.() ?? false };
  const progress = createProgress(io.stderr);
  const print = (text: string): void => {
    progress.clear();
    out.write(`${text}\n`);
  };
  const candidate = readPolicy(options.policy);
  const file = await reportsFile(options.reports, io, progress.show);
  const read = (what: string) => pastRecords(file, (count) => progress.show(`${what}: ${count} reports`));

  const surveyed = await survey(read("coverage"), candidate);
  const { coverage } = surveyed;
  if (!json) print(`${coverageText(coverage)}\n`);
  const compared = await compare(read("decisions"), candidate, surveyed, (change) =>
    print(
      json ? visibleJson({ kind: isChange(change) ? "change" : "disagreement", ...change }) : changeText(change, look),
    ),
  );
  progress.clear();
  if (compared.total !== coverage.total) throw new InputError(`${file} was changed while it was read`);

  const { changed, was, would, agreement } = compared;
  const { agrees, disagrees, asks } = agreement.would;
  const { disagreements } = options;
  const disagreesTooOften = disagreements !== undefined && disagrees > disagreements.max(agrees + disagrees + asks);
  const budget = coverage.replayable === 0 ? undefined : options.budget; // nothing was replayed, so no budget was kept
  const isOver = budget !== undefined && changed > budget.max(coverage.replayable);
  if (json) {
    const { fullest, held } = surveyed.all;
    const limits = { actions: surveyed.actions, held: held.size, fullest };
    const budgetFields = budget && { budget: budget.text, isOverBudget: isOver };
    const allowed = disagreements && { disagreements: disagreements.text, isOverDisagreements: disagreesTooOften };
    const answers = { was, would };
    print(visibleJson({ kind: "summary", coverage, changed, ...budgetFields, answers, agreement, ...allowed, limits }));
  } else {
    print(summaryText({ coverage, surveyed, compared, budget: budget && { text: budget.text, isOver } }, look));
  }
  if (coverage.replayable === 0) {
    const reason = coverage.total === 0 ? "there are no reports" : "none of the reports can be replayed";
    throw new InputError(`nothing was replayed: ${reason}${options.budget ? ", so the budget cannot be checked" : ""}`);
  }
  if (disagreesTooOften && !json) print(`more than ${disagreements.text} decisions disagree with people`);
  return isOver || disagreesTooOften ? 1 : 0;
}

/** @returns the exit code; rejects only on an internal error. */
export const main = (args: readonly string[], io: Io): Promise<number> => runTool(HELP, () => replay(args, io), io);

/** Runs a program of this folder: prints what is wrong with its arguments or its input. */
export async function runTool(help: string, work: () => Promise<number>, io: Pick<Io, "stderr">): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const isUsage =
      error instanceof UsageError ||
      (isNativeError(error) && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_"));
    const isInput = [InputError, NdjsonError, OffairError].some((kind) => error instanceof kind);
    if (!isNativeError(error) || !(isUsage || isInput)) throw error;
    const cause = error instanceof OffairError && isNativeError(error.cause) ? `: ${error.cause.message}` : "";
    for (const line of error.message.concat(cause).split("\n")) io.stderr.write(`${visibleLine(line)}\n`);
    if (isUsage) io.stderr.write(`\n${help}\n`);
    return 2;
  }
}

if (import.meta.main) {
  const { stdin, stdout, stderr, env } = process;
  // Many attempts: only the person who runs the command waits.
  const createClient = () => new DynamoDBClient({ maxAttempts: 8 });
  process.exitCode = await main(process.argv.slice(2), { stdin, stdout, stderr, env, createClient });
}
