/** Formats the output of a replay: colour and columns on a terminal, plain lines in a pipe. */
import type { Writable } from "node:stream";
import { styleText } from "node:util";
import { escapeInvisible } from "../lib/core/escape-invisible.ts";
import { formatStream } from "../lib/core/stream.ts";
import type { AgreementTally } from "../lib/replay/agreement.ts";
import {
  ANSWERS,
  type Comparison,
  type Coverage,
  type DecisionChange,
  type ReplayedDecision,
  type Survey,
} from "../lib/replay/replay.ts";
import type { Fullest } from "../lib/replay/replay-limits.ts";

export interface Look {
  /** Aligned, and over several lines where that is easier to read. */
  readonly isTerminal: boolean;
  readonly isColoured: boolean;
}

type Format = Parameters<typeof styleText>[0];
const painter =
  ({ isColoured }: Look) =>
  (format: Format, text: string): string =>
    isColoured ? styleText(format, text, { validateStream: false }) : text;

const number = (value: number): string => value.toLocaleString("en-US");

/** Shows progress on one changing line of a terminal; does nothing in a pipe. */
export function createProgress(out: Writable & { readonly isTTY?: boolean }) {
  let isShown = false;
  const clear = (): void => {
    if (isShown) out.write("\r\u001b[2K");
    isShown = false;
  };
  return {
    clear,
    show(text: string): void {
      if (!out.isTTY) return;
      clear();
      out.write(text);
      isShown = true;
    },
  };
}

export function coverageText({ total, replayable, ...not }: Coverage): string {
  const because = [
    [not.withoutFacts, "without facts"],
    [not.untranslated, "untranslated"],
    [not.republish, "re-publishes"],
    [not.appeals, "appeals"],
    [not.withoutOthers, "without the other reports of their time"],
  ] as const;
  const missing = because.filter(([count]) => count > 0).map(([count, text]) => `${number(count)} ${text}`);
  const covered = `${number(replayable)} of ${number(total)} past reports can be replayed`;
  return missing.length === 0 ? covered : `${covered}; ${missing.join(", ")}`;
}

/** `disable 24 h (harmful, repeat), held: limit-total` */
export function historyText({ action, because, rule, hours, held }: ReplayedDecision): string {
  const words = [rule, because === "rule" ? undefined : because].filter((word) => word !== undefined);
  const lasts = hours === undefined ? "" : ` ${number(hours)} h`;
  return escapeInvisible(`${action}${lasts} (${words.join(", ")})${held === undefined ? "" : `, held: ${held}`}`);
}

export function changeText({ key, report, was, would, why, disagreesWith }: DecisionChange, look: Look): string {
  const paint = painter(look);
  const score = report.score === undefined ? "no score" : String(report.score);
  const named = `${paint("bold", escapeInvisible(key))}  ${escapeInvisible(formatStream(report.stream))}  ${report.category} ${score}`;
  const answers = `${paint("dim", historyText(was))} → ${paint(colourOf(would), historyText(would))}`;
  const between = look.isTerminal ? "\n    " : "  ";
  const mark = disagreesWith === undefined ? "" : `${between}${paint("yellow", `! ${escapeInvisible(disagreesWith)}`)}`;
  return `${named}${between}${answers}${why === undefined ? "" : `: ${escapeInvisible(why)}`}${mark}`;
}

const colourOf = ({ action, held }: ReplayedDecision): Format =>
  held !== undefined || action === "review" ? "yellow" : action === "pause" || action === "disable" ? "red" : "green";

export function tallyText({ was, would }: Pick<Comparison, "was" | "would">, look: Look): string {
  const rows = ANSWERS.map((answer) => [answer, number(was[answer]), number(would[answer])] as const);
  if (!look.isTerminal) return rows.map(([answer, before, after]) => `${answer}: ${before} → ${after}`).join("\n");
  const paint = painter(look);
  const width = Math.max(...rows.flatMap(([, before, after]) => [before.length, after.length]), "would".length) + 2;
  const line = (name: string, before: string, after: string): string =>
    `${name.padEnd(8)}${before.padStart(width)}${after.padStart(width)}`;
  return [
    paint("bold", line("", "was", "would")),
    ...rows.map(([answer, before, after]) => paint(before === after ? "dim" : "reset", line(answer, before, after))),
  ].join("\n");
}

export function limitsText({ all, actions }: Pick<Survey, "all" | "actions">, look: Look): string {
  if (actions === 0) return "no actions, so no limit was used";
  const paint = painter(look);
  const nameOf = ({ limit, source }: Fullest): string =>
    source === undefined ? limit : `${limit} ${escapeInvisible(source)}`;
  const width = look.isTerminal ? Math.max(...all.fullest.map((each) => nameOf(each).length)) + 2 : 0;
  const lines = all.fullest.map((each) => {
    const { used, most } = each;
    const left = used >= most ? paint("red", "full") : `${number(most - used)} left`;
    return `${`${nameOf(each)}:`.padEnd(width)} ${number(used)} of ${number(most)} at the fullest, ${left}`;
  });
  return [
    `${number(all.held.size)} of ${number(actions)} actions would be held for review if the mode were enforce`,
    ...lines,
  ].join("\n");
}

/** `agrees with people on 9 of 10 reports … (then: 8 of 10)`. */
function agreementText({ was, would }: Comparison["agreement"]): string {
  const decided = ({ agrees, disagrees }: AgreementTally): number => agrees + disagrees;
  const looked = decided(would) + would.asks;
  if (looked === 0) return "no person has looked at any of these reports";
  const asks = would.asks === 0 ? "" : `; it leaves ${number(would.asks)} of them to people`;
  return (
    `agrees with people on ${number(would.agrees)} of ${number(decided(would))} reports that people looked at${asks} ` +
    `(then: ${number(was.agrees)} of ${number(decided(was))})`
  );
}

export interface Summary {
  readonly coverage: Coverage;
  readonly surveyed: Survey;
  readonly compared: Comparison;
  readonly budget: { readonly text: string; readonly isOver: boolean } | undefined;
}

export function summaryText({ coverage, surveyed, compared, budget }: Summary, look: Look): string {
  const paint = painter(look);
  const { changed } = compared;
  const share = coverage.replayable === 0 ? "" : ` (${((100 * changed) / coverage.replayable).toFixed(1)} %)`;
  const changes = changed === 1 ? "1 decision changes" : `${number(changed)} decisions change`;
  const verdict =
    budget &&
    paint(budget.isOver ? "red" : "green", `${budget.isOver ? "over" : "within"} the budget of ${budget.text}`);
  const head = `${changed > 0 ? "\n" : ""}${changes}${share}${verdict === undefined ? "" : `: ${verdict}`}`;
  const parts = [head, tallyText(compared, look), agreementText(compared.agreement), limitsText(surveyed, look)];
  return parts.join("\n\n");
}
