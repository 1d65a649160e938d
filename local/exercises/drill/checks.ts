/** What a drill is held against, claim by claim. Pure; looks at the raw material alone. */
import { formatStream, type Stream, streamKey } from "../../../lib/core/stream.ts";
import { SECOND_MS } from "../../../lib/core/time.ts";
import { type Finding, finding } from "../finding.ts";
import type { DrillMaterial, LiveState, PlanItem, Plans, ResultItem } from "./inputs.ts";
import { twoPeople, typedBy, usedOnce } from "./operators.ts";
import { recorded } from "./record-check.ts";

const PLAN_SECONDS = 15;

/** On top of twice the time that the writes alone take. */
const MARGIN_SECONDS = 15;

/** Live took it; of some the list did not show it in time, and the encoders tell. */
const TAKEN = new Set(["verified", "unverified"]);

export function check(material: DrillMaterial): Finding[] {
  const { run, plans } = material;
  return [
    planned(material),
    plannedSoon(material),
    twoPeople(material),
    allOff(material),
    ...(run.kill ? [] : [inTime(material)]),
    onlyThose(material),
    usedOnce(material),
    broughtBack(material),
    ...(plans.offAgain === undefined ? [] : [undoneWhileItRan(material)]),
    recorded(material),
    nothingLost(material),
    struck(material),
  ];
}

const keysOf = (streams: readonly Stream[]): Set<string> => new Set(streams.map(streamKey));
const planOf = ({ planItems }: DrillMaterial, orderId: string | undefined): PlanItem | undefined =>
  planItems.find((each) => each.orderId === orderId);
const resultsOf = ({ results }: DrillMaterial, orderId: string | undefined): ResultItem[] =>
  results.filter((each) => each.orderId === orderId);

/** What is in one of the two and not in the other. */
function differences(what: string, found: readonly Stream[], wanted: readonly Stream[]): string[] {
  const [foundKeys, wantedKeys] = [keysOf(found), keysOf(wanted)];
  return [
    ...wanted.filter((each) => !foundKeys.has(streamKey(each))).map((each) => `${formatStream(each)}: not ${what}`),
    ...found
      .filter((each) => !wantedKeys.has(streamKey(each)))
      .map((each) => `${formatStream(each)}: ${what}, and is none of them`),
    ...(found.length === foundKeys.size ? [] : [`${found.length - foundKeys.size} are ${what} twice`]),
  ];
}

function planned(material: DrillMaterial): Finding {
  const plan = planOf(material, material.plans.off);
  const streams = plan?.streams ?? [];
  return finding("–", "the plan names exactly the raid", `${streams.length} of ${material.run.live} live streams`, [
    ...(plan ? [] : ["there is no plan in the ledger"]),
    ...differences("planned", streams, material.targets),
  ]);
}

function plannedSoon({ typed }: DrillMaterial): Finding {
  const took = typedBy(typed, "plan").map(({ tookMs }) => tookMs / SECOND_MS);
  return finding(
    "–",
    `a plan takes less than ${PLAN_SECONDS} s`,
    took.map((each) => `${each.toFixed(1)} s`).join(", "),
    [
      ...(took.length > 0 ? [] : ["nobody planned"]),
      ...took.filter((each) => each >= PLAN_SECONDS).map((each) => `it took ${each.toFixed(1)} s`),
    ],
  );
}

function allOff(material: DrillMaterial): Finding {
  const { plans, targets, afterApply } = material;
  const results = resultsOf(material, plans.off);
  const off = new Set(afterApply.encoders.filter(({ online }) => !online).map(({ stream }) => streamKey(stream)));
  return finding("–", "all of them are off, and verified", `${results.length} results`, [
    ...differences("off", afterApply.disabled, targets),
    ...targets.filter((each) => !off.has(streamKey(each))).map((each) => `${formatStream(each)}: is pushed`),
    ...(results.length === targets.length ? [] : [`${results.length} results of ${targets.length} streams`]),
    ...results
      .filter(({ outcome }) => outcome !== "verified")
      .map(({ index, outcome }) => `stream ${index}: ${outcome}`),
  ]);
}

/** From the word to the last stream that was read back. */
export function secondsToOff(material: DrillMaterial): { readonly took: number; readonly most: number } {
  const { run, plans } = material;
  const appliedMs = Date.parse(planOf(material, plans.off)?.appliedAt ?? "");
  const last = Math.max(...resultsOf(material, plans.off).map(({ endedAt }) => Date.parse(endedAt)));
  return {
    took: (last - appliedMs) / SECOND_MS,
    most: 2 * (run.streams / (run.writesAMinute / 60)) + MARGIN_SECONDS,
  };
}

function inTime(material: DrillMaterial): Finding {
  const { took, most } = secondsToOff(material);
  const isInTime = Number.isFinite(took) && took <= most; // not of a time that nobody can tell
  const claim = `within 2 × (${material.run.streams} ÷ the pace of writes) + ${MARGIN_SECONDS} s`;
  return finding("–", claim, `${took.toFixed(1)} s of ${most.toFixed(1)} s`, isInTime ? [] : [`it took ${took} s`]);
}

function onlyThose({ calls, targets, afterApply, run }: DrillMaterial): Finding {
  const wanted = keysOf(targets);
  const named = calls.flatMap(({ stream: { domain, app, stream }, ...call }) =>
    domain !== null && app !== null && stream !== null ? [{ ...call, stream: { domain, app, stream } }] : [],
  );
  const others = afterApply.encoders.filter(({ stream }) => !wanted.has(streamKey(stream)));
  return finding(
    "–",
    "no call names any other, and their pushes go on",
    `${named.length} calls, ${others.length} others`,
    [
      ...(others.length === run.live - run.streams ? [] : [`${others.length} others of ${run.live - run.streams}`]),
      ...named
        .filter(({ stream }) => !wanted.has(streamKey(stream)))
        .map(({ seq, method, path, stream }) => `call ${seq}: ${method} ${path} of ${formatStream(stream)}`),
      ...calls
        .filter(({ method, stream }) => method !== "GET" && stream.stream === null)
        .map(({ seq, method, path }) => `call ${seq}: ${method} ${path} of no stream`),
      ...others
        .filter(({ online, pushes }) => !online || pushes !== 1)
        .map(({ stream, pushes }) => `${formatStream(stream)}: began to push ${pushes} times`),
    ],
  );
}

function broughtBack(material: DrillMaterial): Finding {
  const { plans, targets, afterUndo } = material;
  const plan = planOf(material, plans.undo);
  const results = resultsOf(material, plans.undo);
  return finding("–", "undo brings back exactly those", `${results.length} results`, [
    ...differences("brought back", plan?.streams ?? [], targets),
    ...results.filter(({ outcome }) => !TAKEN.has(outcome)).map(({ index, outcome }) => `stream ${index}: ${outcome}`),
    ...isAllOn(afterUndo),
  ]);
}

const isAllOn = ({ disabled, encoders }: LiveState): string[] => [
  ...disabled.map((each) => `${formatStream(each)}: is disabled still`),
  ...encoders.filter(({ online }) => !online).map(({ stream }) => `${formatStream(stream)}: is not on the air again`),
];

/** What was under way when it was cancelled goes on to its end; the rest is never sent. */
function undoneWhileItRan(material: DrillMaterial): Finding {
  const { offAgain, undoAgain }: Plans = material.plans;
  const results = resultsOf(material, offAgain);
  const [off, undone] = [planOf(material, offAgain), planOf(material, undoAgain)];
  const cancelled = results.filter(({ outcome }) => outcome === "cancelled").length;
  const wanted = keysOf(off?.streams ?? []);
  const looked = `${undone?.streams.length} taken back, ${cancelled} never sent`;
  return finding("–", "undone while it ran: what was not sent never is, and all are on", looked, [
    ...(off?.cancelledAt === undefined ? ["the batch was not cancelled"] : []),
    ...(results.length === wanted.size ? [] : [`${results.length} results of ${wanted.size} streams`]),
    ...(cancelled > 0 ? [] : ["the cancel met nothing that was not sent yet"]),
    ...(undone?.streams ?? [])
      .filter((each) => !wanted.has(streamKey(each)))
      .map((each) => `${formatStream(each)}: was none of the batch`),
    ...resultsOf(material, undoAgain)
      .filter(({ outcome }) => !TAKEN.has(outcome))
      .map(({ index, outcome }) => `stream ${index} of the undo: ${outcome}`),
    ...(material.afterSecondUndo ? isAllOn(material.afterSecondUndo) : ["nobody looked"]),
  ]);
}

const nothingLost = ({ deadLetters }: DrillMaterial): Finding =>
  finding(3, "nothing is lost", `${deadLetters} dead letters`, deadLetters > 0 ? ["there are dead letters"] : []);

/** A drill in which nothing went wrong shows little. */
function struck({ struck, run }: DrillMaterial): Finding {
  const wanted = [
    ...["throttled", "answer lost"],
    ...(run.kill ? ["incident killed", "worker killed", "terminal killed"] : []),
  ];
  const looked = wanted.map((name) => `${struck[name] ?? 0} ${name}`).join(", ");
  return finding("–", "what was to go wrong did", looked, [
    ...wanted.filter((name) => !struck[name]).map((name) => `it never happened: ${name}`),
  ]);
}
