/** What a flood is held against, claim by claim. Pure; looks at the raw material alone. */
import { formatStream, streamKey } from "../../../lib/core/stream.ts";
import { type Finding, finding } from "../finding.ts";
import type { FloodMaterial, Post, ReportItem, Run } from "./inputs.ts";
import { SOURCE } from "./load-profile.ts";

export const HELD_ALERT = "offair-local-reports-held";

/** How a report may end that had its stream taken off, or tried to. */
const ACTED = new Set(["accepted", "verified", "unverified", "unknown", "failed"]);

/** The stream was off already, on another report's word. */
const REPEATS = new Set(["already-disabled", "already-paused"]);

export interface LimitShown {
  readonly limit: "limit-source" | "limit-total" | "limit-share";
  readonly most: number;
}

/** An accepted report, and how the ledger says that it ended. */
export type Ended = Post & Partial<Pick<ReportItem, "outcome" | "because">>;

export function check(accepted: readonly Ended[], limits: readonly LimitShown[], material: FloodMaterial): Finding[] {
  const held = accepted.filter(({ outcome }) => outcome === "held");
  return [
    letIn(material),
    counted(material),
    withinLimits(material, limits),
    othersParked(accepted, material),
    nothingLost(accepted, material),
    oneAlert(material, held.length),
    allListed(held, material),
    othersPush(material),
  ];
}

/** Worked out from the policy's numbers, and not by the code that keeps them. */
export function limitsOf({ limits }: Run, liveStreams = 0): LimitShown[] {
  const { perSource, total, atLeast, shareOfLive } = limits;
  return [
    { limit: "limit-source", most: perSource },
    { limit: "limit-total", most: total },
    { limit: "limit-share", most: Math.max(atLeast, Math.floor(liveStreams * shareOfLive)) },
  ];
}

export const leastOf = (limits: readonly LimitShown[]): number => Math.min(...limits.map(({ most }) => most));

const letIn = ({ posts }: FloodMaterial): Finding =>
  finding(
    "–",
    "every report was let in, for each was validly signed",
    `${posts.length} reports`,
    posts.filter(({ status }) => status !== 202).map(({ id, status }) => `${id}: answered ${status ?? "by nobody"}`),
  );

const counted = ({ run, liveStreams }: FloodMaterial): Finding =>
  finding("–", "the audit had counted what was live", `${liveStreams ?? "nothing"} in the ledger`, [
    ...(liveStreams === run.streams ? [] : [`${run.streams} streams were live`]),
  ]);

function withinLimits({ orders, writes }: FloodMaterial, limits: readonly LimitShown[]): Finding {
  const least = leastOf(limits);
  const attempts = orders.reduce((sum, order) => sum + order.attempts, 0);
  const done = writes.filter(({ committed }) => committed);
  const ordered = new Set(orders.map(({ stream }) => streamKey(stream)));
  const strays = done.filter(
    ({ stream: { domain, app, stream } }) =>
      !ordered.has(streamKey({ domain: domain ?? "", app: app ?? "", stream: stream ?? "" })),
  );
  return finding(8, "no more actions than the least limit", `${orders.length} of ${least}`, [
    ...(orders.length > least ? [`${orders.length} actions, and the limit is ${least}`] : []),
    ...(done.length > 0 ? [] : ["nothing was done at all: then no limit held anything back"]),
    ...(done.length > attempts ? [`Live did ${done.length} writes, the ledger knows ${attempts} attempts`] : []),
    ...strays.map(({ stream }) => `${stream.stream}: a write at Live, and no order`),
  ]);
}

function othersParked(accepted: readonly Ended[], { orders }: FloodMaterial): Finding {
  const tookOff = new Set(orders.map(({ stream }) => streamKey(stream)));
  const isRight = ({ stream, outcome, because = "" }: Ended): boolean => {
    if (outcome === undefined) return true; // another finding's matter
    if (outcome === "held") return because.startsWith("limit-");
    if (outcome === "review") return because === "too-old"; // not acted on, and a person sees it: the scorecard tells how many
    if (outcome === "ignored") return REPEATS.has(because) && tookOff.has(streamKey(stream));
    return ACTED.has(outcome) && tookOff.has(streamKey(stream));
  };
  return finding(
    8,
    "all others are held",
    `${accepted.filter(({ outcome }) => outcome === "held").length} reports`,
    accepted
      .filter((each) => !isRight(each))
      .map(({ id, stream, outcome, because }) => `${id}: ${formatStream(stream)} ended as ${outcome} (${because})`),
  );
}

const nothingLost = (accepted: readonly Ended[], { run, deadLetters }: FloodMaterial): Finding =>
  finding(3, "nothing accepted is lost", `${accepted.length} reports`, [
    ...accepted
      .filter(({ outcome }) => outcome === undefined)
      .map(({ id }) => `${id}: accepted, and without an outcome`),
    ...(deadLetters > 0 ? [`${deadLetters} messages on dead-letter queues`] : []),
    ...(run.drained ? [] : ["the queues were not empty when the wait was given up"]),
  ]);

function oneAlert({ alerts }: FloodMaterial, held: number): Finding {
  const times = alerts.filter((name) => name === HELD_ALERT).length;
  return finding(8, "whoever is on call is told once", `${held} held`, [
    ...(held > 0 ? [] : ["nothing was held: there was no more to do than the limit allows"]),
    ...(times === 1 ? [] : [`${HELD_ALERT} went off ${times} times`]),
  ]);
}

function allListed(held: readonly Ended[], { reviews }: FloodMaterial): Finding {
  const listed = new Set(reviews);
  return finding(8, "every held report is listed for review", `${reviews.length} listed`, [
    ...held.filter(({ id }) => !listed.has(`${SOURCE}#${id}`)).map(({ id }) => `${id}: held, and not listed`),
    ...(listed.size < reviews.length ? [`${reviews.length - listed.size} are listed more than once`] : []),
  ]);
}

function othersPush({ encoders, orders }: FloodMaterial): Finding {
  const ordered = new Set(orders.map(({ stream }) => streamKey(stream)));
  const others = encoders.filter(({ stream }) => !ordered.has(streamKey(stream)));
  return finding(8, "every other stream is on the air, and was all the time", `${others.length} streams`, [
    ...(others.length > 0 ? [] : ["there is no other stream"]),
    ...others
      .filter(({ online, pushes }) => !online || pushes !== 1)
      .map(({ stream, online, pushes }) => `${formatStream(stream)}: ${online ? "" : "off; "}began ${pushes} times`),
  ]);
}
