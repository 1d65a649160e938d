/** A verdict by keys: what is to be done, in words, then the reason, and only then the verdict. */

import { definedOnly } from "../../lib/core/defined-only.ts";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { Result, ReviewCase } from "../../lib/operator/contract/response-schema.ts";
import { shortens } from "../../lib/operator/contract/shorter.ts";
import { overturnOf, usualReasons } from "../../lib/operator/contract/usual-reasons.ts";
import type { OperatorRequest } from "../operator/client.ts";
import { insteadText } from "../render/batch.ts";
import { grantText } from "../render/review/grant.ts";
import { hoursOf, untilText } from "../terminal/duration.ts";
import { UsageError } from "../terminal/errors.ts";
import { askText, BACK, choose, REASON, type Reasons, type Session, tryTo } from "./review-questions.ts";

type VerdictRequest = Extract<OperatorRequest, { action: "review" }>;
type Wanted = Pick<VerdictRequest, "as" | "hours">;

/** @returns whether the case is decided. */
export async function rejectCase(shown: ReviewCase, session: Session): Promise<boolean> {
  if (shown.appealed) {
    const stands = await askReason(
      "reject",
      "REJECT THE APPEAL: the order stands, and the case is closed. Why?",
      shown,
      session,
    );
    return stands !== undefined && give({ verdict: "reject", reason: stands }, shown, session);
  }
  const effect = shown.isSample ? "its action was wrong; the stream stays as it is" : "nothing is done to the stream";
  const reason = await askReason("reject", `REJECT: ${effect}, and the case is closed. Why?`, shown, session);
  return reason !== undefined && give({ verdict: "reject", reason }, shown, session);
}

/** @returns whether the case is decided. */
export async function approveCase(shown: ReviewCase, session: Session): Promise<boolean> {
  const { out } = session.deps;
  if (!shown.stream) {
    out.say(
      "there is no action to approve: look the message up at its source, disable the stream by hand if needed, then reject",
    );
    return false;
  }
  if (shown.appealed) return grantAppeal(shown, session);
  if (shown.isSample) {
    const right = await askReason(
      "approve",
      "APPROVE: its action was right, and nothing more is done. Why?",
      shown,
      session,
    );
    return right !== undefined && give({ verdict: "approve", reason: right }, shown, session);
  }
  const wanted = shown.outcome === "held" && shown.decision ? {} : await askAction(session);
  if (!wanted) return back(session);
  const ask = { action: "review", report: shown.key, verdict: "approve", ...wanted } as const;
  const dry = await tryTo({ ...ask, reason: REASON, dryRun: true }, session);
  const [planned] = dry?.answer.results ?? [];
  if (!planned) return false;
  out.say(out.paint("bold", `APPROVE: ${effectText(planned)}`));
  out.say(`  ${escapeInvisible(formatStream(planned.stream))}`);
  const shorten = shortens(planned) || undefined;
  if (shorten && (await askShorten(session)) === undefined) return back(session);
  const reason = await askReason("approve", "Why?", shown, session);
  return reason !== undefined && give(definedOnly({ verdict: "approve", ...wanted, shorten, reason }), shown, session);
}

/** @returns whether the case is decided. */
async function grantAppeal(shown: ReviewCase, session: Session): Promise<boolean> {
  const { out } = session.deps;
  const ask = { action: "review", report: shown.key, verdict: "approve" } as const;
  const dry = await tryTo({ ...ask, reason: REASON, dryRun: true }, session);
  const [planned] = dry?.answer.results ?? [];
  if (!planned) return false;
  out.say(out.paint("bold", `GRANT THE APPEAL: ${grantText(planned)}`));
  out.say(`  ${escapeInvisible(formatStream(planned.stream))}`);
  const reason = await askReason("approve", "Why was the action wrong?", shown, session);
  if (reason === undefined) return false;
  const because = overturnOf(shown, { verdict: "approve", reason });
  return give(definedOnly({ verdict: "approve", because, reason }), shown, session);
}

function back({ deps: { out } }: Session): false {
  out.say(BACK);
  return false;
}

const DOES: Readonly<Record<string, string>> = {
  pause: "cut the push once; the broadcaster may push again at once",
  disable: "disable pushing",
};

function effectText(planned: Result): string {
  const { action = "", resumeTime } = planned;
  const instead = resumeTime ? insteadText(planned) : "";
  return `${DOES[action] ?? escapeInvisible(action)}${untilText(resumeTime)}${instead}`;
}

const askShorten = (session: Session): Promise<string | undefined> =>
  choose(
    session.deps.out.paint("yellow", "It is disabled until LATER already. Shorten that?"),
    [{ key: "y", text: "yes, end it earlier" }],
    session,
  );

const HOURS: Readonly<Record<string, number>> = { d: 24, w: 7 * 24, m: 30 * 24 };

async function askAction(session: Session): Promise<Wanted | undefined> {
  const key = await choose(
    "No action was held. What is to be done?",
    [
      { key: "p", text: "pause: cut the push once; the broadcaster may push again at once" },
      { key: "d", text: "disable for 24 hours" },
      { key: "w", text: "disable for a week" },
      { key: "m", text: "disable for 30 days" },
      { key: "f", text: "disable for another time" },
    ],
    session,
  );
  if (key === undefined) return undefined;
  if (key === "p") return { as: "pause" };
  const hours = HOURS[key] ?? (await askHours(session));
  return hours === undefined ? undefined : { as: "disable", hours };
}

async function askHours(session: Session): Promise<number | undefined> {
  for (;;) {
    const text = await askText("for how long, such as 24h or 3d? ", session);
    if (text === "") return undefined;
    try {
      return hoursOf({ for: text });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      session.deps.out.warn(escapeInvisible(error.message));
    }
  }
}

/** @returns undefined: back. */
async function askReason(
  verdict: keyof Reasons,
  question: string,
  shown: ReviewCase,
  session: Session,
): Promise<string | undefined> {
  const usual = usualReasons(shown)[verdict];
  const last = shown.appealed ? undefined : session.reasons[verdict];
  const choices = [
    ...usual.map((text, index) => ({ key: `${index + 1}`, text })),
    { key: "t", text: "type another reason" },
    ...(last === undefined ? [] : [{ key: "enter", text: `as before: ${last}` }]),
  ];
  const key = await choose(question, choices, session);
  if (key === undefined) session.deps.out.say(BACK);
  if (key === undefined) return undefined;
  if (key === "enter") return last;
  const reason = key === "t" ? await askText("reason: ", session) : usual[Number(key) - 1];
  return reason === "" ? undefined : reason;
}

type Given = Wanted & Pick<VerdictRequest, "reason" | "shorten" | "because"> & { readonly verdict: keyof Reasons };

async function give(given: Given, { key: report, appealed }: ReviewCase, session: Session): Promise<boolean> {
  const { out } = session.deps;
  const { verdict, reason } = given;
  const reply = await tryTo(
    definedOnly({
      ...{ action: "review", report, ...given, dryRun: false },
      wait: verdict === "approve" ? false : undefined, // the next case comes meanwhile
    }),
    session,
  );
  if (!reply) return false;
  if (!appealed) session.reasons[verdict] = reason;
  session.counts[verdict === "approve" ? "approved" : "rejected"] += 1;
  const word = verdict === "reject" ? "rejected" : appealed ? "granted" : "approved";
  out.say(`${out.paint("green", word)}: ${escapeInvisible(reason)}`);
  session.outcomes.follow(reply);
  return true;
}
