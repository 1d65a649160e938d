/** The scorecard of a flood: accepted reports, actions, the limit that applied, and lost reports. Pure. */
import { SECOND_MS } from "../../../lib/core/time.ts";
import type { Evidence } from "../evidence.ts";
import { countsText, outcomeText, rateText, type Scorecard, scorecard } from "../scorecard.ts";
import { check, factsOf } from "./checks.ts";
import type { Flood } from "./run.ts";

export function score(evidence: Evidence<Flood>): Scorecard {
  const { run, alerts, reviews } = evidence;
  const facts = factsOf(evidence);
  const { sent, accepted, held, orders, ordered, leastLimit } = facts;
  const startedMs = Date.parse(run.startedAt);
  const postedMs = Date.parse(run.postedAt);
  const handledMs = Math.max(postedMs, ...facts.reports.map(({ decidedAt }) => Date.parse(decidedAt))) - startedMs;
  const refused = sent.filter(({ status }) => status !== 202);
  const lost = accepted.filter(({ outcome }) => outcome === undefined).length;
  const tooOld = accepted.filter(({ because }) => because === "too-old").length;
  const again = sent.filter(({ tries }) => tries > 1).length;
  const isLate = postedMs - startedMs > 1.1 * run.seconds * SECOND_MS;
  const limits = facts.limits.map(({ limit, most }) => `${limit} ${most}${most === leastLimit ? " (the lowest)" : ""}`);
  return scorecard(
    `flood: ${run.reports} forged reports on ${run.streams} live streams, seed ${run.seed}`,
    [
      [
        "posted",
        rateText(run.reports, postedMs - startedMs) +
          // Shows the promised rate and the rate of this machine, which differ.
          (isLate ? ` (${run.seconds} s were requested; this machine was slower)` : "") +
          (again === 0 ? "" : `, ${again} of them posted more than once`),
      ],
      ["accepted", `${accepted.length}; refused: ${countsText(refused, ({ status }) => `${status ?? "no answer"}`)}`],
      ["handled", rateText(accepted.length - lost, handledMs)],
      ["  ended as", countsText(accepted, outcomeText)],
      ["  too old", `${tooOld}: handled too late to act; also waiting for review`],
      ["  lost", `${lost}; dead letters ${facts.deadLetters}`],
      ["actions", `${orders.length} on ${ordered.size} streams; ${facts.writes.length} writes at Live`],
      ["limits", limits.join(", ")],
      ["  held by", countsText(held, ({ because = "" }) => because)],
      ["review", `${reviews.length} wait for review`],
      ["alerts", countsText(alerts, ({ name }) => name)],
    ],
    check(facts, evidence),
  );
}
