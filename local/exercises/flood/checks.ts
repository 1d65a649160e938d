/** The checks of a flood, one function for each claim. Pure; uses the evidence only. */
import { formatStream, streamKey } from "../../../lib/core/stream.ts";
import { SOURCE } from "../../demo/world.ts";
import { isDeadLetter } from "../collect.ts";
import type { Evidence } from "../evidence.ts";
import { readLedger } from "../ledger-records.ts";
import { type CheckResult, result } from "../scorecard.ts";
import { cutThough, keysOf, writesWithoutAttempt } from "../stream-checks.ts";
import type { Flood } from "./run.ts";

export const HELD_ALERT = "offair-local-reports-held";

/** Outcomes of a report on whose stream offair acted or tried to act. */
const ACTED = new Set(["accepted", "verified", "unverified", "unknown", "failed"]);
/** Reasons why the stream was already off, because of another report. */
const REPEATS = new Set(["already-disabled", "already-paused"]);

/** Computed from the policy's numbers, not by the code under test. */
function limitsOf({ limits }: Flood, liveStreams = 0) {
  const { perSource, total, atLeast, shareOfLive } = limits;
  return [
    { limit: "limit-source", most: perSource },
    { limit: "limit-total", most: total },
    { limit: "limit-share", most: Math.max(atLeast, Math.floor(liveStreams * shareOfLive)) },
  ];
}

type Ended = FloodFacts["sent"][number];
export type FloodFacts = ReturnType<typeof factsOf>;

export function factsOf({ posts, ledger, messages, calls, run }: Evidence<Flood>) {
  const { orders, liveStreams, reports } = readLedger(ledger);
  const items = new Map(reports.map((item) => [item.report.id, item]));
  /** Each report once, with its last answer and its outcome in the ledger. */
  const sent = [...Map.groupBy(posts, ({ id }) => id)].flatMap(([id, tries]) => {
    const last = tries.at(-1);
    const { outcome, because } = items.get(id) ?? {};
    return last ? [{ id, stream: last.stream, status: last.status, tries: tries.length, outcome, because }] : [];
  });
  const accepted = sent.filter(({ status }) => status === 202);
  const limits = limitsOf(run, liveStreams);
  return {
    ...{ orders, liveStreams, reports, sent, accepted, limits },
    held: accepted.filter(({ outcome }) => outcome === "held"),
    leastLimit: Math.min(...limits.map(({ most }) => most)),
    /** Streams with an order. */
    ordered: keysOf(orders.map(({ stream }) => stream)),
    deadLetters: messages.filter(isDeadLetter).length,
    writes: calls.filter(({ committed }) => committed),
  };
}

type Check = (facts: FloodFacts, evidence: Evidence<Flood>) => CheckResult;

const letIn: Check = ({ sent }) =>
  result(
    "–",
    "every report was accepted, because each was validly signed",
    `${sent.length} reports`,
    sent
      .filter(({ status }) => status !== 202)
      .map(({ id, status }) => `${id}: ${status === null ? "no answer" : `answered ${status}`}`),
  );

const counted: Check = ({ liveStreams }, { run }) =>
  result("–", "the audit had counted the live streams", `${liveStreams ?? "nothing"} in the ledger`, [
    ...(liveStreams === run.streams ? [] : [`${run.streams} streams were live`]),
  ]);

const withinLimits: Check = ({ orders, writes, leastLimit }) =>
  result(8, "no more actions than the lowest limit", `${orders.length} of ${leastLimit}`, [
    ...(orders.length > leastLimit ? [`${orders.length} actions, and the limit is ${leastLimit}`] : []),
    ...(writes.length > 0 ? [] : ["there was no write: the limits were not tested"]),
    ...writesWithoutAttempt(writes, orders),
  ]);

const othersHeld: Check = ({ accepted, held, ordered }) => {
  const isRight = ({ stream, outcome, because = "" }: Ended): boolean => {
    if (outcome === undefined) return true; // reported by another check
    if (outcome === "held") return because.startsWith("limit-");
    if (outcome === "review") return because === "too-old"; // no action, but listed for review; the scorecard counts them
    if (outcome === "ignored" && !REPEATS.has(because)) return false;
    return (outcome === "ignored" || ACTED.has(outcome)) && ordered.has(streamKey(stream));
  };
  return result(
    8,
    "all other reports are held for review",
    `${held.length} reports`,
    accepted
      .filter((each) => !isRight(each))
      .map(({ id, stream, outcome, because }) => `${id}: ${formatStream(stream)} ended as ${outcome} (${because})`),
  );
};

const nothingLost: Check = ({ accepted, deadLetters }, { run }) =>
  result(3, "nothing accepted is lost", `${accepted.length} reports`, [
    ...accepted
      .filter(({ outcome }) => outcome === undefined)
      .map(({ id }) => `${id}: accepted, and without an outcome`),
    ...(deadLetters > 0 ? [`${deadLetters} messages on dead-letter queues`] : []),
    ...(run.drained ? [] : ["the queues were not empty before the time limit"]),
  ]);

const oneAlert: Check = ({ held }, { alerts }) => {
  const times = alerts.filter(({ name }) => name === HELD_ALERT).length;
  return result(8, "the on-call is paged once", `${held.length} held for review`, [
    ...(held.length > 0 ? [] : ["nothing was held for review: the limit was not reached"]),
    ...(times === 1 ? [] : [`${HELD_ALERT} fired ${times} times`]),
  ]);
};

const allListed: Check = ({ held }, { reviews }) => {
  const listed = new Set(reviews);
  return result(8, "every held report is listed for review", `${reviews.length} listed`, [
    ...held
      .filter(({ id }) => !listed.has(`${SOURCE}#${id}`))
      .map(({ id }) => `${id}: held for review, and not listed`),
    ...(listed.size < reviews.length ? [`${reviews.length - listed.size} are listed more than once`] : []),
  ]);
};

const othersPush: Check = ({ ordered }, evidence) => {
  const states = evidence["live-states"];
  const others = states.flatMap(({ encoders }) => encoders).filter(({ stream }) => !ordered.has(streamKey(stream)));
  return result(8, "every other stream stayed on the air", `${others.length} streams`, [
    ...(others.length > 0 ? [] : ["there is no other stream"]),
    ...states.flatMap((state) => cutThough(state, ordered)),
  ]);
};

const CHECKS = [letIn, counted, withinLimits, othersHeld, nothingLost, oneAlert, allListed, othersPush];

export const check = (facts: FloodFacts, evidence: Evidence<Flood>): CheckResult[] =>
  CHECKS.map((each) => each(facts, evidence));
