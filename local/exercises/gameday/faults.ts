/** Every kind of fault of a day, and how often it occurred, counted in the evidence. */
import { streamKey } from "../../../lib/core/stream.ts";
import type { Evidence } from "../evidence.ts";
import { workersOf } from "./day-users.ts";
import {
  CLOCK_OFF,
  CLOCK_RIGHT,
  KEY_CHANGED,
  KEY_CHANGED_REFUSED,
  KEY_RESTORED,
  OLD_KEY_REMOVED,
  RIGHT_PAIR,
  WRONG_PAIR,
  WRONG_PAIR_REFUSED,
} from "./event-log.ts";
import type { Day } from "./run.ts";

type Count = (evidence: Evidence) => number;

const posts =
  (copy: string): Count =>
  ({ posts: all }) =>
    all.filter((post) => post.copy === copy).length;

/** Counts by the prefix of the rule's id, see scenes.ts. */
const atLive =
  (kind: string): Count =>
  ({ calls }) =>
    calls.filter(({ fault = "" }) => fault.split(",").some((id) => id.startsWith(`${kind}:`))).length;

/** By the kind of fault that the simulator records with a callback. */
const calledBack =
  (kind: string): Count =>
  ({ callbacks }) =>
    callbacks.filter(({ fault }) => fault === kind).length;

/** A callback about the start of a push that came after the end of that push. */
const lateCallbacks: Count = ({ callbacks, pushes }) => {
  const cuts = Map.groupBy(
    pushes.filter(({ kind }) => kind === "cut"),
    streamKey,
  );
  return callbacks.filter(
    ({ event, publish_timestamp, time, ...stream }) =>
      event === "PUBLISH" &&
      cuts.get(streamKey(stream))?.some((cut) => {
        const cutMs = Date.parse(cut.time);
        return Number(publish_timestamp) * 1_000 < cutMs && cutMs < Date.parse(time);
      }),
  ).length;
};

const noted =
  (fault: string): Count =>
  ({ happened }) =>
    happened.filter((one) => one.fault === fault).reduce((sum, { hits }) => sum + hits, 0);

/** Calls refused for their time while Live's clock was wrong. */
const refusedByTheClock: Count = ({ calls, happened }) => {
  const timeOf = (wanted: string) => happened.find(({ fault }) => fault === wanted)?.at;
  const [from, to = "9"] = [timeOf(CLOCK_OFF), timeOf(CLOCK_RIGHT)];
  if (from === undefined) return 0;
  return calls.filter(({ status, time }) => status === 401 && time >= from && time <= to).length;
};

/** Orders that ended as superseded or unknown because a newer one arrived while they waited. */
const crossedOrders: Count = ({ ledger }) =>
  ledger.filter(
    ({ pk, outcome, error }) => pk.startsWith("STREAM#") && (outcome === "superseded" || error === "superseded"),
  ).length;

/** Reports of earlier harm on a stream that were posted later. */
const reordered: Count = ({ posts: all }) => {
  const latest = new Map<string, string>();
  return all.filter(({ copy, body, stream }) => {
    if (copy !== "posted") return false;
    const { occurredAt }: { occurredAt: string } = JSON.parse(body);
    const before = latest.get(stream.stream) ?? "";
    if (occurredAt > before) latest.set(stream.stream, occurredAt);
    return occurredAt < before;
  }).length;
};

/** Of a day with a pool of workers: a second key turns bad. */
const POOL_FAULTS: Readonly<Record<string, Count>> = Object.fromEntries(
  [KEY_CHANGED, KEY_CHANGED_REFUSED, KEY_RESTORED].map((turn) => [turn, noted(turn)] as const),
);

const FAULTS: Readonly<Record<string, Count>> = {
  "posted at the same moment": posts("at the same moment"),
  "posted again": posts("posted again"),
  "posted again after the end": posts("after the end"),
  "posted out of order": reordered,
  "worker killed at work": ({ logs }) =>
    logs.filter(({ functionName, line }) => functionName.endsWith("worker") && line.includes("signal: killed")).length,
  "429 of Live": atLive("429"),
  "500 of Live": atLive("500"),
  "502 of Live": atLive("502"),
  "503 of Live": atLive("503"),
  "answer dropped after the commit": atLive("dropped"),
  "slow answer": atLive("slow"),
  "connection reset": atLive("reset"),
  "pause accepted and not carried out": atLive("ignored"),
  "callback lost": calledBack("drop"),
  "callback sent twice": calledBack("duplicate"),
  "callback overtaken": calledBack("swap"),
  "start reported after its push was cut": lateCallbacks,
  "no answer at all": atLive("hung"),
  "storm of 429": atLive("storm-429"),
  "storm of 503": atLive("storm-503"),
  "storm of dropped answers": atLive("storm-dropped"),
  ...Object.fromEntries(
    [WRONG_PAIR, WRONG_PAIR_REFUSED, RIGHT_PAIR, OLD_KEY_REMOVED].map((turn) => [turn, noted(turn)] as const),
  ),
  "webhook secret rotated": noted("webhook secret rotated"),
  "ledger throttled": noted("ledger throttled"),
  "queue throttled": noted("queue throttled"),
  "refused by a clock 16 minutes off": refusedByTheClock,
  "order crossed by a newer one": crossedOrders,
  "message that offair did not write": noted("poisoned message"),
  "audit during the day": noted("audit started"),
};

/** How often each fault occurred, by its name. */
export const faultsOf = (evidence: Evidence<Day>): [name: string, count: number][] =>
  Object.entries({ ...FAULTS, ...(workersOf(evidence.run) > 1 && POOL_FAULTS) }).map(([name, count]) => [
    name,
    count(evidence),
  ]);
