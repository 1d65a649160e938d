/** `npm run policy:replay -- --policy FILE --reports FILE|--since TIME`: what another policy would have made of past reports. */
import type { Writable } from "node:stream";
import { parseArgs } from "node:util";
import { isNativeError } from "node:util/types";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { compilePolicy, PolicyError } from "../build/compile-policy.ts";
import { InputError, UsageError as SettingsError } from "../cli/terminal/errors.ts";
import { useLocalStack } from "../cli/terminal/local-stack.ts";
import { OffairError } from "../lib/core/errors.ts";
import { visibleJson } from "../lib/core/escape-invisible.ts";
import { DAY_MS, HOUR_MS } from "../lib/core/time.ts";
import type { Policy } from "../lib/policy/policy.ts";
import { compare, survey } from "../lib/replay/replay.ts";
import { NdjsonError } from "./ndjson.ts";
import { pastRecords, type ReportsIo, reportsFile } from "./policy-replay-input.ts";
import { changeText, coverageText, createProgress, summaryText } from "./policy-replay-text.ts";

const HELP = `npm run policy:replay -- --policy FILE (--reports FILE | --since TIME) [--save FILE] [--budget N|N%] [--json]
  --policy FILE   the candidate, as policy.yml
  --reports FILE  records of the ledger, one a line as JSON, gzipped if its name ends in .gz; - is standard input
  --since TIME    reads them from the ledger: 30d, 12h or an ISO time; needs LEDGER_TABLE and AWS credentials,
                  or a local stack (npm start)
  --save FILE     keeps what --since has read, for --reports
  --budget N|N%   exit code 1 if more decisions change, as a number or as a share of the reports that can be replayed
  --json          one object a line: the changes, and the summary last

Every report is decided on with the facts that the worker saw. So what a changed decision would have meant for later
reports (a stream paused before, and so disabled now) is not simulated. The limits begin with nothing taken.
Exit codes: 0 done, 1 over the budget, 2 usage, or a policy or reports that cannot be read.`;

const MAX_SINCE_MS = 400 * DAY_MS;

/** Told to whoever typed the command: with the help, or without. */
class UsageError extends Error {}
class InputFault extends Error {}

type Out = Writable & { readonly isTTY?: boolean; hasColors?(): boolean };
export interface Io extends ReportsIo {
  readonly stdout: Out;
  readonly stderr: Out;
  readonly env: NodeJS.ProcessEnv;
}

interface Budget {
  readonly text: string;
  readonly most: (replayable: number) => number;
}

function readBudget(text: string): Budget {
  const [, digits, percent] = /^(\d{1,9}(?:\.\d{1,6})?)(%?)$/.exec(text) ?? [];
  const value = Number(digits);
  if (percent === "%" && value <= 100) return { text, most: (replayable) => (replayable * value) / 100 };
  if (percent === "" && Number.isInteger(value)) return { text, most: () => value };
  throw new UsageError("--budget must be a whole number, or a percentage such as 0.5%");
}

/** @returns the instant, in the last 400 days. */
function readSince(text: string, now: Date): Date {
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  const isIso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const sinceMs = count
    ? now.getTime() - Number(count) * (unit === "d" ? DAY_MS : HOUR_MS)
    : isIso
      ? Date.parse(text)
      : Number.NaN;
  if (now.getTime() - sinceMs <= MAX_SINCE_MS && sinceMs < now.getTime()) return new Date(sinceMs);
  throw new UsageError("--since must be a time of the last 400 days: 30d, 12h, 2026-11-21T00:00:00Z");
}

function readTable({ env, stderr }: Io): string {
  useLocalStack("stores", env, (text) => stderr.write(`${text}\n`));
  const table = env.LEDGER_TABLE;
  if (table) return table;
  throw new UsageError("LEDGER_TABLE is not set: it is the name of the ledger's table");
}

function readOptions(args: readonly string[], io: Io) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      policy: { type: "string" },
      reports: { type: "string" },
      since: { type: "string" },
      save: { type: "string" },
      budget: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { policy, reports, since, save, budget, json, help } = values;
  if (help) return undefined;
  if (!policy) throw new UsageError("--policy is missing");
  if ((reports === undefined) === (since === undefined)) throw new UsageError("give either --reports or --since");
  if (save !== undefined && since === undefined) throw new UsageError("--save keeps what --since has read");
  return {
    ...{ policy, json },
    reports:
      since === undefined
        ? { file: reports ?? "" }
        : { since: readSince(since, new Date()), table: readTable(io), save },
    budget: budget === undefined ? undefined : readBudget(budget),
  };
}

function readPolicy(file: string): Policy {
  try {
    return compilePolicy(file);
  } catch (cause) {
    if (cause instanceof PolicyError) throw new InputFault(cause.message, { cause });
    const reason = isNativeError(cause) ? ("code" in cause ? String(cause.code) : cause.message) : "unknown fault";
    throw new InputFault(`cannot read ${file}: ${reason}`, { cause });
  }
}

async function replay(args: readonly string[], io: Io): Promise<number> {
  const options = readOptions(args, io);
  const { stdout: out } = io;
  if (!options) {
    out.write(`${HELP}\n`);
    return 0;
  }
  const { budget, json } = options;
  out.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error; // the reader has seen enough: `| head`
  });
  const look = { isTerminal: out.isTTY === true, isColoured: out.hasColors?.() ?? false };
  const progress = createProgress(io.stderr);
  const say = (text: string): void => {
    progress.clear();
    out.write(`${text}\n`);
  };
  const candidate = readPolicy(options.policy);
  const file = await reportsFile(options.reports, io, progress.tell);
  const read = (what: string) => pastRecords(file, (count) => progress.tell(`${what}: ${count} reports`));

  const surveyed = await survey(read("coverage"), candidate);
  const { coverage } = surveyed;
  if (!json) say(`${coverageText(coverage)}\n`);
  const compared = await compare(read("decisions"), candidate, surveyed, (change) =>
    say(json ? visibleJson({ kind: "change", ...change }) : changeText(change, look)),
  );
  progress.clear();
  if (compared.total !== coverage.total) throw new InputFault(`${file} was changed while it was read`);

  const { changed, was, would } = compared;
  const isOver = budget !== undefined && changed > budget.most(coverage.replayable);
  if (json) {
    const { fullest, held } = surveyed.all;
    const limits = { actions: surveyed.actions, held: held.size, fullest };
    const told = budget && { budget: budget.text, isOverBudget: isOver };
    say(visibleJson({ kind: "summary", coverage, changed, ...told, answers: { was, would }, limits }));
  } else {
    say(summaryText({ coverage, surveyed, compared, budget: budget && { text: budget.text, isOver } }, look));
  }
  if (budget && coverage.total > 0 && coverage.replayable === 0) {
    throw new InputFault("none of the reports can be replayed, so the budget says nothing");
  }
  return isOver ? 1 : 0;
}

/** @returns the exit code; rejects only on a fault of ours. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    return await replay(args, io);
  } catch (error) {
    const isUsage =
      error instanceof UsageError ||
      error instanceof SettingsError ||
      (isNativeError(error) && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_"));
    const isInput = [InputFault, InputError, NdjsonError, OffairError].some((kind) => error instanceof kind);
    if (!isNativeError(error) || !(isUsage || isInput)) throw error;
    const cause = error instanceof OffairError && isNativeError(error.cause) ? `: ${error.cause.message}` : "";
    io.stderr.write(isUsage ? `${error.message}\n\n${HELP}\n` : `${error.message}${cause}\n`);
    return 2;
  }
}

if (import.meta.main) {
  const { stdin, stdout, stderr, env } = process;
  // Patient: nobody waits but the person who asked.
  const createClient = () => new DynamoDBClient({ maxAttempts: 8 });
  process.exitCode = await main(process.argv.slice(2), { stdin, stdout, stderr, env, createClient });
}
