/** `offair review next` in a terminal: hands out one case after another, and each is decided by single keys. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { MAX_SKIPPED } from "../../lib/operator/contract/limits.ts";
import type { ReviewCase } from "../../lib/operator/contract/response-schema.ts";
import { openOperator } from "../operator/client.ts";
import { caseText } from "../render/review/case.ts";
import { casePrompt, KEY_HELP, summaryText } from "../render/review/keys.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { openKeys } from "../terminal/keys.ts";
import type { Values } from "../terminal/options.ts";
import { printIssues } from "./refusals.ts";
import { createOutcomes } from "./review-outcomes.ts";
import { askKey, askText, REASON, type Session, tryTo } from "./review-questions.ts";
import { approveCase, rejectCase } from "./review-verdicts.ts";

/** How a person leaves a case. `again`: it is shown again, or another version of it. */
type Left = "decided" | "skipped" | "quit" | { readonly again: ReviewCase };

export async function reviewSession(values: Values, deps: CommandDeps): Promise<Exit> {
  const stop = deps.interrupted();
  const operator = openOperator(values, deps);
  const keys = openKeys(deps.input, deps.out.terminal, stop);
  const counts = { approved: 0, rejected: 0, skipped: 0, opinions: 0 };
  const outcomes = createOutcomes(operator, deps);
  const session: Session = { operator, keys, deps, counts, outcomes, reasons: {}, skipped: [] };
  try {
    for (let next = await fetchNext(session); next; ) {
      const left = await judge(next, session);
      if (left === "quit") break;
      next = typeof left === "object" ? left.again : await fetchNext(session);
    }
  } finally {
    keys.close();
  }
  const areWell = await outcomes.settle(); // a signal ends it
  deps.out.say(summaryText(counts));
  return areWell && !stop.aborted ? EXIT.done : EXIT.failed;
}

/** @returns undefined if there is no case for this person; it is said why. */
async function fetchNext({ operator, skipped, deps }: Session): Promise<ReviewCase | undefined> {
  const { out } = deps;
  out.progress("the next case …");
  const skip = skipped.slice(-MAX_SKIPPED);
  const reply = await operator.ask({ action: "next-case", reason: REASON, skip });
  if (printIssues(reply, deps, {}) !== undefined) return undefined;
  const { case: next, noCase } = reply.answer;
  if (!next) out.say(escapeInvisible(noCase?.says ?? "no case waits"));
  return next;
}

/** Shows the case, and does what the keys say until the person leaves it. A case that was not decided is released. */
async function judge(shown: ReviewCase, session: Session): Promise<Left> {
  const { out, now } = session.deps;
  let current = shown;
  let isDecided = false;
  try {
    show(current, session);
    for (;;) {
      await session.keys.flush(); // a key that was typed before the case was shown does not mean this case
      const key = await askKey(
        () => casePrompt(current, { now: now(), columns: out.columns, paint: out.paint }),
        session,
      );
      const left = await obey(key, current, session);
      if (left === undefined) continue;
      if (typeof left === "object" && left.again.key === current.key) {
        current = left.again;
        continue;
      }
      isDecided = left === "decided" || typeof left === "object";
      return left;
    }
  } finally {
    if (!isDecided) await release(current, session);
  }
}

function show(shown: ReviewCase, { deps: { out, now } }: Session, rows?: number): void {
  const view = { columns: out.columns, rows: rows ?? out.rows - 2, paint: out.paint, now: now() };
  for (const line of caseText(shown, view)) out.say(line);
}

/** @returns undefined to ask for a key again. */
async function obey(key: string, shown: ReviewCase, session: Session): Promise<Left | undefined> {
  const { out } = session.deps;
  switch (key) {
    case "a":
      return (await approveCase(shown, session)) ? "decided" : undefined;
    case "r":
      return (await rejectCase(shown, session)) ? "decided" : undefined;
    case "s":
      session.skipped.push(shown.key);
      session.counts.skipped += 1;
      out.say("skipped: others may take it");
      return "skipped";
    case "n":
      return note(shown, session);
    case "o":
      return secondOpinion(shown, session);
    case "h":
      return holdLonger(shown, session);
    case "v":
      show(shown, session, Number.POSITIVE_INFINITY);
      return undefined;
    case "?":
      for (const line of KEY_HELP) out.say(line);
      return undefined;
    case "q":
    case "ctrl-c":
    case "ctrl-d":
    case "closed":
      return "quit";
    default:
      return undefined; // a wrong key does nothing
  }
}

async function note(shown: ReviewCase, session: Session): Promise<Left | undefined> {
  const text = await askText("note: ", session);
  if (text === "") return undefined;
  const reply = await tryTo({ action: "note", report: shown.key, text, reason: REASON }, session);
  if (!reply) return undefined;
  session.deps.out.say("noted");
  return { again: reply.answer.case ?? shown };
}

async function secondOpinion(shown: ReviewCase, session: Session): Promise<Left | undefined> {
  const reason = await askText("what is in doubt? ", session);
  if (reason === "") return undefined;
  if (!(await tryTo({ action: "second-opinion", report: shown.key, reason }, session))) return undefined;
  session.counts.opinions += 1;
  session.deps.out.say("another person decides it");
  return "decided";
}

/** A case that this person holds comes first. If the hold is over, another person may have taken it: then the next one comes. */
async function holdLonger(shown: ReviewCase, session: Session): Promise<Left | undefined> {
  const { out } = session.deps;
  const reply = await tryTo(
    { action: "next-case", reason: REASON, skip: session.skipped.slice(-MAX_SKIPPED) },
    session,
  );
  const again = reply?.answer.case;
  if (!again) return undefined;
  out.say(
    again.key === shown.key
      ? "held for five minutes from now"
      : "another person may have the case by now; this one is the most urgent",
  );
  return { again };
}

const RELEASE_MS = 5_000;

/** If it fails, the hold ends by itself. */
async function release({ key: report }: ReviewCase, { operator }: Session): Promise<void> {
  const signal = AbortSignal.timeout(RELEASE_MS); // also after Ctrl-C
  await operator.ask({ action: "release", report, reason: REASON }, { signal }).catch(() => {});
}
