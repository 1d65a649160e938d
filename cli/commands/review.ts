/** `offair review`: the cases that wait for a person: lists them, hands them out, and gives verdicts. */
import { definedOnly } from "../../lib/core/defined-only.ts";
import type { Command, CommandDeps, Exit, Typed } from "../terminal/command.ts";
import { hoursOf } from "../terminal/duration.ts";
import { RefusedError, UsageError } from "../terminal/errors.ts";
import { flags, requiredText, textOf, texts, type Values } from "../terminal/options.ts";
import { decideMany } from "../workflows/decide-many.ts";
import { giveVerdict } from "../workflows/give-verdict.ts";
import { becauseOf } from "../workflows/overturn.ts";
import { REVIEW_HELP } from "../workflows/review-help.ts";
import { handOut, listReviews, SELECTOR_OPTIONS, selectorOf, showCase } from "../workflows/review-list.ts";
import { remark } from "../workflows/review-remarks.ts";
import { reviewSession } from "../workflows/review-session.ts";
import { setSample } from "../workflows/set-sample.ts";

export const review: Command = {
  name: "review",
  group: "everyday",
  summary: "show the reports that wait for a person, and decide them one after another",
  operands: [
    "[next | show | approve | reject | note | second-opinion | reopen | release | sample]",
    "[REPORT]",
    "[TEXT]",
  ],
  options: {
    ...texts("as", "for", "because", "reason", "request-id", "url"),
    ...SELECTOR_OPTIONS,
    ...flags("all", "shorten", "yes", "dry-run"),
  },
  help: REVIEW_HELP,

  async run({ operands: [word, ...rest], values }, deps) {
    if (word === undefined) {
      expectOptions(values, CHOOSING, "the list of offair review");
      return listReviews(values, deps);
    }
    const { run, options } = WORDS[word] ?? {};
    if (!run || !options) throw new UsageError(`${word} is no word of offair review`); // main.ts compares it with the operands first
    if (rest.length > (word === "note" ? 2 : 1)) throw new UsageError(`unexpected argument ${rest.at(-1)}`);
    expectOptions(values, options, `offair review ${word}`);
    return run({ operands: [word, ...rest], values }, deps);
  },
};

/** @throws UsageError for an option that would be ignored: with `--dry-run`, something would be done. */
function expectOptions(values: Values, options: readonly string[], where: string): void {
  const ignored = Object.keys(values).find((name) => !["url", "json", ...options].includes(name));
  if (ignored === undefined) return;
  throw new UsageError(CHOOSING.includes(ignored) ? onlyMany(ignored) : `--${ignored} is not for ${where}`);
}

/** Options that choose or print many cases. */
const CHOOSING = [...Object.keys(SELECTOR_OPTIONS), "all"];
const onlyMany = (name: string): string => `--${name} is for the list, and for approve and reject without REPORT`;

interface Word {
  readonly run: (typed: Typed, deps: CommandDeps) => Promise<Exit>;
  readonly options: readonly string[];
}

const VERDICT: Word = {
  run: giveOrPlan,
  options: [...CHOOSING, "reason", "as", "for", "because", "shorten", "yes", "dry-run", "request-id"],
};

const WORDS: Readonly<Record<string, Word>> = {
  sample: {
    run: ({ operands: [, share], values }, deps) => setSample(share, values, deps),
    options: ["reason", "dry-run", "request-id"],
  },
  show: { run: ({ operands: [, report], values }, deps) => showCase(named(report), values, deps), options: [] },
  next: {
    async run({ operands: [, extra], values }, deps) {
      if (extra !== undefined) throw new UsageError("next hands out the most urgent case: it takes no REPORT");
      return isInteractive(values, deps) ? reviewSession(values, deps) : handOut(values, deps);
    },
    options: ["request-id"],
  },
  approve: VERDICT,
  reject: VERDICT,
  note: {
    run({ operands: [, report, text], values }, deps) {
      if (text === undefined)
        throw new UsageError("TEXT is missing: offair review note REPORT 'what others should know'");
      return remark({ action: "note", report: named(report), text, reason: "offair review note" }, values, deps);
    },
    options: ["request-id"],
  },
  "second-opinion": remarkWhy("second-opinion", "what is in doubt?"),
  reopen: remarkWhy("reopen", "what was wrong?"),
  release: {
    run: ({ operands: [, report], values }, deps) =>
      remark({ action: "release", report: named(report), reason: "offair review release" }, values, deps),
    options: ["request-id"],
  },
};

function remarkWhy(action: "second-opinion" | "reopen", question: string): Word {
  return {
    run: ({ operands: [, report], values }, deps) =>
      remark({ action, report: named(report), reason: why(values, question) }, values, deps),
    options: ["reason", "request-id"],
  };
}

function named(report: string | undefined): string {
  if (report === undefined) throw new UsageError("REPORT is missing: offair review lists the reports");
  return report;
}

const why = (values: Values, question: string): string =>
  requiredText(values, "reason", `${question} It is stored with the case`);

/** @throws RefusedError if keys could be typed, but the cases would not be seen. */
function isInteractive(values: Values, { input, out }: CommandDeps): boolean {
  if (values.json || !input.isTTY) return false;
  if (out.isTerminal && out.isAttended) return true;
  throw new RefusedError("the cases would not be visible here: use a terminal, or offair review next --json");
}

/** On one report, or on every case that matches. */
function giveOrPlan({ operands: [word, report], values }: Typed, deps: CommandDeps): Promise<Exit> {
  const given = word === "approve" ? "approve" : "reject";
  const as = textOf(values, "as");
  if (as !== undefined && as !== "pause" && as !== "disable") throw new UsageError("--as must be pause or disable");
  const because = becauseOf(values);
  const cases = selectorOf(values, deps);
  const isMany = Object.keys(cases).length > 0;
  if (isMany && report !== undefined) throw new UsageError("give either REPORT or --source, --rule and --before");
  if (!isMany && report === undefined)
    throw new UsageError(
      "REPORT is missing: offair review lists the reports. --source, --rule and --before decide many",
    );
  if (!isMany && values.all) throw new UsageError(onlyMany("all"));
  if (values.shorten && (isMany || given === "reject" || as === "pause"))
    throw new UsageError("--shorten is for the approval of a disable of one report");
  if (because !== undefined && (isMany || given === "reject"))
    throw new UsageError("--because is for the approval of one appeal");
  const reason = why(values, "why?");
  const hours = hoursOf(values);
  if (isMany)
    return decideMany(definedOnly({ action: "plan-verdicts", verdict: given, cases, as, hours, reason }), values, deps);
  return giveVerdict(
    definedOnly({ action: "review", report: named(report), verdict: given, reason, because, as, hours }),
    values,
    deps,
  );
}
