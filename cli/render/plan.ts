/** A plan as lines for people: the exact list, the streams that are left out, and the next commands. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { DOCUMENTED_CHARACTERS, formatStream } from "../../lib/core/stream.ts";
import type { PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import { commandText } from "../terminal/command-text.ts";
import { secondOf, secondsText, untilText } from "../terminal/duration.ts";
import { numberText } from "../terminal/number-text.ts";
import type { Out } from "../terminal/output.ts";
import { streamsText } from "./batch.ts";
import { selectorText } from "./orders.ts";
import { unreadableText } from "./unreadable.ts";

/** Lines of a list on a terminal, so that the rest of the output stays visible. */
export const SHOWN = 20;

export const DOES: Readonly<Record<string, string>> = {
  pause: "cuts the push once; the broadcaster may push again at once",
  disable: "disables pushing until the resume time",
  enable: "enables pushing again",
};

const SKIPPED: Readonly<Record<string, string>> = {
  "protected-stream": "protected: --override-protected includes them, and needs a second person",
  "out-of-scope": "outside the ingest domains and apps of the policy",
  "already-off": "disabled already",
  "already-on": "not disabled",
  "wanted-by-another-order": "stay disabled, because another order wants them disabled",
  "undocumented-name": `have a name with characters that Live does not document (it documents ${DOCUMENTED_CHARACTERS}): --undocumented-names includes them`,
  "unusable-name": "have a name that the API of Live does not accept",
  "not-returned-by-live": "Live did not return the field used in the selector",
};

const NEEDS: Readonly<Record<string, string>> = {
  "limit-total": "it exceeds the number of streams that one person may act on",
  "limit-share": "it exceeds the share of live streams that one person may act on",
  "protected-stream": "it acts on protected streams",
};

export interface Shown {
  readonly now: Date;
  /** Rows of each list; `Infinity`: all. */
  readonly shown: number;
  readonly paint: Out["paint"];
}

/** Names end their line: right-to-left text would change the order of what follows it. */
export function* planText(plan: PlanResponse, { now, shown, paint }: Shown): Generator<string> {
  const { orderId, action, resumeTime, reason, requestedBy, streams, skipped, liveCount } = plan;
  const kept = streams.filter(({ staysOff }) => staysOff);
  const changed = streams.filter(({ staysOff }) => !staysOff);
  const many = numberText(changed.length);
  const keeps = kept.length > 0 ? `, keep ${numberText(kept.length)} disabled until another end` : "";
  yield paint("bold", `PLAN ${orderId}: ${action} ${streamsText(changed.length)}${untilText(resumeTime)}${keeps}`);
  yield field("does", DOES[action] ?? action);
  yield field("because", escapeInvisible(reason));
  yield field("asked by", escapeInvisible(requestedBy));
  if (plan.undoes !== undefined) yield field("undoes", plan.undoes);
  if (plan.selector) yield field("found as", selectorText(plan.selector));
  yield field("streams", liveCount === undefined ? many : `${many} of ${numberText(liveCount)} that are live`);
  yield* listText(changed, shown, (each) => `${details(each)}${escapeInvisible(formatStream(each))}`);
  if (kept.length > 0)
    yield field("disabled", `${streamsText(kept.length)} that another order wants disabled, until its end`);
  yield* listText(kept, shown, (each) => `${endText(each.staysOff)}${escapeInvisible(formatStream(each))}`);
  yield* skippedText(skipped, shown);
  const [first, ...rows] = unreadableText(plan.unreadable, "these streams may be live too, and the plan lacks them");
  if (first !== undefined) yield* [field("note", paint("yellow", first)), ...rows];
  if (!plan.alreadyOffKnown && action !== "enable") {
    yield field(
      "note",
      action === "disable"
        ? "the list of disabled streams could not be read completely: a stream that others disabled until later would be disabled for a shorter time"
        : "the list of disabled streams could not be read completely: some may be disabled already (harmless)",
    );
  }
  yield* approvalText(plan, paint);
  yield field("takes", `about ${secondsText(plan.estimatedSeconds)} at the allowed rate`);
  yield* endOfPlan(plan, now);
}

export function* endOfPlan({ expiresAt, sha256 }: PlanResponse, now: Date): Generator<string> {
  const leftMs = Date.parse(expiresAt) - now.getTime();
  yield field(
    "expires",
    `${secondOf(expiresAt)}${leftMs > 0 ? `, in ${secondsText(leftMs / 1_000)}` : ": it has expired"}`,
  );
  yield field("sha256", sha256);
}

/** The next commands, for this person or for the second one. */
export function* nextSteps({
  orderId,
  sha256,
  reason,
  approvalThreshold,
  approvedBy,
}: PlanResponse): Generator<string> {
  const command = (name: string) => `  ${commandText(name, [orderId], { sha256, reason })}`;
  if (approvalThreshold.needsApproval.length > 0 && approvedBy === undefined) {
    yield "next, by a second person:";
    yield command("approve");
    yield "and then:";
  } else yield "next:";
  yield command("apply");
}

export const field = (name: string, value: string): string => `${name.padEnd(10)}${value}`;

function* listText<T>(list: readonly T[], shown: number, line: (each: T) => string): Generator<string> {
  for (const each of list.slice(0, shown)) yield `  ${line(each)}`;
  const rest = list.length - shown;
  if (rest > 0) yield `  … and ${numberText(rest)} more: --all shows them`;
}

const ADDRESS_WIDTH = 17;

function details({ clientAddress, startTime }: PlanResponse["streams"][number]): string {
  if (clientAddress === undefined && startTime === undefined) return "";
  return `${escapeInvisible(clientAddress ?? "-").padEnd(ADDRESS_WIDTH)}since ${escapeInvisible(secondOf(startTime ?? "-")).padEnd(22)}`;
}

function* skippedText(skipped: PlanResponse["skipped"], shown: number): Generator<string> {
  const reasons = [...new Set(skipped.map(({ because }) => because))];
  for (const because of reasons) {
    const some = skipped.filter((each) => each.because === because);
    yield field("left out", `${numberText(some.length)} ${SKIPPED[because] ?? escapeInvisible(because)}`);
    yield* listText(
      some,
      shown,
      ({ stream, staysOff, resumeTime }) =>
        `${endText(staysOff)}${resumeTime ? `until ${secondOf(resumeTime)}  ` : ""}${escapeInvisible(formatStream(stream))}`,
    );
  }
}

type StaysOff = PlanResponse["streams"][number]["staysOff"];

/** The end of a stream that stays disabled, and the order that wants it disabled. */
function endText(staysOff: StaysOff): string {
  if (staysOff === undefined) return "";
  const { by, until, from = until } = staysOff;
  const instead = from === until ? "" : ` instead of ${escapeInvisible(secondOf(from))}`;
  return `until ${escapeInvisible(secondOf(until))}${instead} by ${escapeInvisible(by)}  `;
}

export function* approvalText({ approvalThreshold, approvedBy }: PlanResponse, paint: Out["paint"]): Generator<string> {
  const { most, limit, needsApproval } = approvalThreshold;
  const rest = `one person may act on ${numberText(most)} more streams (${escapeInvisible(limit)})`;
  if (needsApproval.length === 0) {
    yield field("approval", `not needed: ${rest}`);
    return;
  }
  const why = needsApproval.map((each) => NEEDS[each] ?? escapeInvisible(each)).join("; ");
  yield field("approval", paint("yellow", `needed from a second person: ${why}`));
  yield field("", rest);
  if (approvedBy !== undefined) yield field("approved", `by ${escapeInvisible(approvedBy)}`);
}
