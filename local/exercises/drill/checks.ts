/** The checks of a drill, one function for each claim. Pure; uses the evidence only. */
import { formatStream, streamKey } from "../../../lib/core/stream.ts";
import { MINUTE_MS, SECOND_MS } from "../../../lib/core/time.ts";
import { poolsWith, usersOf } from "../../demo/huawei-users.ts";
import { isDeadLetter } from "../collect.ts";
import type { Evidence } from "../evidence.ts";
import { fewInFlight } from "../in-flight.ts";
import type { LedgerRecords } from "../ledger-records.ts";
import { type CheckResult, result, secondsText } from "../scorecard.ts";
import { cutThough, differences, keysOf, notOff, notOn } from "../stream-checks.ts";
import type { Check, Facts } from "./facts.ts";
import { recorded } from "./record-check.ts";
import { isIam, ROTATION_CHECKS } from "./rotation-checks.ts";
import { AFTER_APPLY, AFTER_SECOND_UNDO, AFTER_UNDO, type Drill } from "./run.ts";
import { twoPeople, usedOnce } from "./two-people.ts";

const MAX_PLAN_MS = 15_000;
/** Added to twice the time of the writes alone. */
const MARGIN_MS = 15_000;
/** The function rotate has one call of each user in flight at most. */
const CALLS_OF_ROTATION = 1;
/** Live accepted the disable. Some were not in the list in time; for those the encoders show it. */
const DONE = new Set(["verified", "unverified"]);

const notEndedAs = (wanted: ReadonlySet<string>, results: LedgerRecords["results"]): string[] =>
  results.filter(({ outcome }) => !wanted.has(outcome)).map(({ index, outcome }) => `stream ${index}: ${outcome}`);

const planned: Check = (facts, { run }) => {
  const plan = facts.plan("off");
  const streams = plan?.streams ?? [];
  return result("–", "the plan names exactly the raid", `${streams.length} of ${run.live} live streams`, [
    ...(plan ? [] : ["there is no plan in the ledger"]),
    ...differences("planned", streams, run.targets),
  ]);
};

const plannedSoon: Check = ({ typed }) => {
  const took = typed("plan").map(({ tookMs }) => tookMs);
  const shown = took.map(secondsText).join(", ");
  return result("–", `a plan takes less than ${MAX_PLAN_MS / SECOND_MS} s`, shown, [
    ...(took.length > 0 ? [] : ["no plan was made"]),
    ...took.filter((ms) => ms >= MAX_PLAN_MS).map((ms) => `it took ${secondsText(ms)}`),
  ]);
};

const allOff: Check = ({ resultsOf, liveAt }, { run: { targets } }) => {
  const results = resultsOf("off");
  const state = liveAt(AFTER_APPLY);
  const encoders = keysOf(state.encoders.map(({ stream }) => stream));
  return result("–", "all streams of the raid are off and verified", `${results.length} results`, [
    ...notOff(state, targets),
    ...targets.filter((each) => !encoders.has(streamKey(each))).map((each) => `${formatStream(each)}: has no encoder`),
    ...(results.length === targets.length ? [] : [`${results.length} results of ${targets.length} streams`]),
    ...notEndedAs(new Set(["verified"]), results),
  ]);
};

/** Time from the apply to the last verified stream; NaN or infinite if unknown. */
export function timeToOff({ plan, resultsOf }: Facts, { run }: Evidence<Drill>): { tookMs: number; maxMs: number } {
  const appliedMs = Date.parse(plan("off")?.appliedAt ?? "");
  const lastMs = Math.max(...resultsOf("off").map(({ endedAt }) => Date.parse(endedAt)));
  return { tookMs: lastMs - appliedMs, maxMs: (2 * run.streams * MINUTE_MS) / run.writesAMinute + MARGIN_MS };
}

const inTime: Check = (facts, evidence) => {
  const { tookMs, maxMs } = timeToOff(facts, evidence);
  const isInTime = Number.isFinite(tookMs) && tookMs <= maxMs;
  const claim = `within 2 × (${evidence.run.streams} ÷ the pace of writes) + ${MARGIN_MS / SECOND_MS} s`;
  const shown = `${secondsText(tookMs)} of ${secondsText(maxMs)}`;
  return result("–", claim, shown, isInTime ? [] : [`it took ${secondsText(tookMs)}`]);
};

const onlyThose: Check = ({ liveAt }, { run, calls }) => {
  const wanted = keysOf(run.targets);
  const state = liveAt(AFTER_APPLY);
  const others = state.encoders.filter(({ stream }) => !wanted.has(streamKey(stream))).length;
  const named = calls.flatMap(({ stream: { domain, app, stream }, ...call }) =>
    domain !== null && app !== null && stream !== null ? [{ ...call, stream: { domain, app, stream } }] : [],
  );
  return result(
    "–",
    "no call names another stream, and the others stay on the air",
    `${named.length} calls, ${others} others`,
    [
      ...(others === run.live - run.streams ? [] : [`${others} others of ${run.live - run.streams}`]),
      ...named
        .filter(({ stream }) => !wanted.has(streamKey(stream)))
        .map(({ seq, method, path, stream }) => `call ${seq}: ${method} ${path} of ${formatStream(stream)}`),
      ...calls
        .filter(({ method, stream }) => method !== "GET" && stream.stream === null)
        .map(({ seq, method, path }) => `call ${seq}: ${method} ${path} of no stream`),
      ...cutThough(state, wanted),
    ],
  );
};

const broughtBack: Check = ({ plan, resultsOf, liveAt }, { run }) => {
  const results = resultsOf("undo");
  return result("–", "undo enables exactly these streams", `${results.length} results`, [
    ...differences("brought back", plan("undo")?.streams ?? [], run.targets),
    ...notEndedAs(DONE, results),
    ...notOn(liveAt(AFTER_UNDO)),
  ]);
};

/** An order in progress at the cancel is completed; the others are never sent. */
const undoneWhileItRan: Check = ({ plan, resultsOf, liveAt }) => {
  const results = resultsOf("offAgain");
  const off = plan("offAgain");
  const undone = plan("undoAgain")?.streams ?? [];
  const wanted = keysOf(off?.streams ?? []);
  const cancelled = results.filter(({ outcome }) => outcome === "cancelled").length;
  const shown = `${undone.length} enabled again, ${cancelled} never sent`;
  return result("–", "undone while it ran: unsent orders are never sent, and all streams are on", shown, [
    ...(off?.cancelledAt === undefined ? ["the batch was not cancelled"] : []),
    ...(results.length === wanted.size ? [] : [`${results.length} results of ${wanted.size} streams`]),
    ...(cancelled > 0 ? [] : ["at the cancel every order had been sent already"]),
    ...undone.filter((each) => !wanted.has(streamKey(each))).map((each) => `${formatStream(each)}: not of the batch`),
    ...notEndedAs(DONE, resultsOf("undoAgain")).map((failure) => `undo: ${failure}`),
    ...notOn(liveAt(AFTER_SECOND_UNDO)),
  ]);
};

const nothingLost: Check = (_, { messages }) => {
  const count = messages.filter(isDeadLetter).length;
  return result(3, "nothing is lost", `${count} dead letters`, count > 0 ? ["there are dead letters"] : []);
};

/** The faults must occur, because a drill without faults shows little. */
const faultsHappened: Check = (_, { run, happened }) => {
  const wanted = [
    ...["throttled", "answer lost"],
    ...(run.kill ? ["incident killed", "worker killed", "terminal killed"] : []),
    ...(run.rotate ? usersOf(poolsWith(run.users)).map((user) => `new key of ${user} lost`) : []),
    ...(run.rotate && run.kill ? ["rotate killed"] : []),
  ];
  const counts = new Map(happened.map(({ fault, hits }) => [fault, hits]));
  const shown = wanted.map((name) => `${counts.get(name) ?? 0} ${name}`).join(", ");
  const missing = wanted.filter((name) => !counts.get(name));
  return result(
    "–",
    "every planned fault happened",
    shown,
    missing.map((name) => `did not happen: ${name}`),
  );
};

export const check = (facts: Facts, evidence: Evidence<Drill>): CheckResult[] => {
  const { kill, rotate, plans } = evidence.run;
  const ofLive = { ...evidence, calls: evidence.calls.filter((call) => !isIam(call)) };
  const checks: readonly Check[] = [
    ...[planned, plannedSoon, twoPeople, allOff, ...(kill ? [] : [inTime]), onlyThose, usedOnce, broughtBack],
    ...(plans.offAgain === undefined ? [] : [undoneWhileItRan]),
    ...[recorded, nothingLost, faultsHappened],
  ];
  const rotation = rotate ? ROTATION_CHECKS.map((each) => each(facts, evidence)) : [];
  const inFlight = fewInFlight(evidence.calls, rotate ? CALLS_OF_ROTATION : 0);
  return [...checks.map((each) => each(facts, ofLive)), inFlight, ...rotation];
};
