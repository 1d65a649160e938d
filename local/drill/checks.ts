/** What a drill is held against, claim by claim. Pure; looks at the raw material alone. */
import { formatStream, type Stream, streamKey } from "../../lib/stream.ts";
import { SECOND_MS } from "../../lib/time.ts";
import { OPERATORS } from "../demo-world.ts";
import { type Finding, finding } from "../gameday/finding.ts";
import type { DrillMaterial, LiveState, OrderItem, PlanItem, Plans, ResultItem } from "./material.ts";
import type { Typed } from "./operator.ts";

const PLAN_SECONDS = 15;
/** On top of twice the time that the writes alone take. */
const MARGIN_SECONDS = 15;
const REFUSED = 3;

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
    broughtBack("undo brings back exactly those", material, plans.undo, material.afterUndo),
    ...(plans.offAgain === undefined ? [] : [undoneWhileItRan(material)]),
    recorded(material),
    nothingLost(material),
    struck(material),
  ];
}

const pushed = (typed: readonly Typed[], command: string, who?: string): Typed[] =>
  typed.filter((each) => each.args[0] === command && (who === undefined || each.who === who));
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
    ...found.filter((each) => !wantedKeys.has(streamKey(each))).map((each) => `${formatStream(each)}: ${what}, and is none of them`),
    ...(found.length === foundKeys.size ? [] : [`${found.length - foundKeys.size} are ${what} twice`]),
  ]; // biome-ignore format: a row each
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
  const took = pushed(typed, "plan").map(({ tookMs }) => tookMs / SECOND_MS);
  return finding("–", `a plan takes less than ${PLAN_SECONDS} s`, took.map((each) => `${each.toFixed(1)} s`).join(", "), [
    ...(took.length > 0 ? [] : ["nobody planned"]),
    ...took.filter((each) => each >= PLAN_SECONDS).map((each) => `it took ${each.toFixed(1)} s`),
  ]); // biome-ignore format: a row each
}

function twoPeople({ typed, plans, ...material }: DrillMaterial): Finding {
  const [alone] = pushed(typed, "apply", "alice");
  const own = pushed(typed, "approve", "alice");
  const second = pushed(typed, "approve", "bob");
  const applied = material.planItems.find(({ orderId }) => orderId === plans.off);
  return finding("–", "nobody applies it alone, or approves what is their own", `approved by ${applied?.approvedBy}`, [
    ...refusal(alone, /second person/, "applied alone"),
    ...(own.length === 0 ? ["nobody tried to approve their own"] : []),
    ...own.flatMap((each) => refusal(each, /same person|somebody else/, "approved by its author")),
    ...second.filter(({ exit }) => exit !== 0).map(({ warned }) => `the second person was refused: ${warned}`),
    ...(applied?.approvedBy === OPERATORS.bob.arn ? [] : ["the ledger does not say who approved it"]),
  ]);
}

function refusal(typed: Typed | undefined, says: RegExp, what: string): string[] {
  if (!typed) return [`${what}: nobody tried`];
  if (typed.exit !== REFUSED) return [`${what}: exit code ${typed.exit}, and not ${REFUSED}`];
  return says.test(typed.warned + typed.said) ? [] : [`${what}: refused, but not because of it: ${typed.warned}`];
}

function allOff(material: DrillMaterial): Finding {
  const { plans, targets, afterApply } = material;
  const results = resultsOf(material, plans.off);
  const off = new Set(afterApply.encoders.filter(({ online }) => !online).map(({ stream }) => streamKey(stream)));
  return finding("–", "all of them are off, and verified", `${results.length} results`, [
    ...differences("off", afterApply.disabled, targets),
    ...targets.filter((each) => !off.has(streamKey(each))).map((each) => `${formatStream(each)}: is pushed`),
    ...(results.length === targets.length ? [] : [`${results.length} results of ${targets.length} streams`]),
    ...results.filter(({ outcome }) => outcome !== "verified").map(({ index, outcome }) => `stream ${index}: ${outcome}`),
  ]); // biome-ignore format: a row each
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
  const isInTime = took <= most; // not of a time that nobody can tell
  const claim = `within 2 × (${material.run.streams} ÷ the pace of writes) + ${MARGIN_SECONDS} s`;
  return finding("–", claim, `${took.toFixed(1)} s of ${most.toFixed(1)} s`, isInTime ? [] : [`it took ${took} s`]);
}

function onlyThose({ calls, targets, afterApply, run }: DrillMaterial): Finding {
  const wanted = keysOf(targets);
  const named = calls.flatMap(({ stream: { domain, app, stream }, ...call }) =>
    domain !== null && app !== null && stream !== null ? [{ ...call, stream: { domain, app, stream } }] : [],
  );
  const others = afterApply.encoders.filter(({ stream }) => !wanted.has(streamKey(stream)));
  return finding("–", "no call names any other, and their pushes go on", `${named.length} calls, ${others.length} others`, [
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
  ]); // biome-ignore format: a row each
}

function usedOnce({ typed, plans }: DrillMaterial): Finding {
  const second = pushed(typed, "apply").findLast(({ args }) => args[1] === plans.off);
  return finding("–", "a plan is used once", `exit code ${second?.exit}`, [
    ...refusal(second, /was applied by/, "used a second time"),
  ]);
}

function broughtBack(claim: string, material: DrillMaterial, orderId: string | undefined, then: LiveState): Finding {
  const plan = planOf(material, orderId);
  const results = resultsOf(material, orderId);
  return finding("–", claim, `${results.length} results`, [
    ...differences("brought back", plan?.streams ?? [], material.targets),
    ...results.filter(({ outcome }) => outcome !== "verified").map(({ index, outcome }) => `stream ${index}: ${outcome}`),
    ...isAllOn(then),
  ]); // biome-ignore format: a row each
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
    ...(undone?.streams ?? []).filter((each) => !wanted.has(streamKey(each))).map((each) => `${formatStream(each)}: was none of the batch`),
    ...resultsOf(material, undoAgain).filter(({ outcome }) => outcome !== "verified").map(({ index, outcome }) => `stream ${index} of the undo: ${outcome}`),
    ...(material.afterSecondUndo ? isAllOn(material.afterSecondUndo) : ["nobody looked"]),
  ]); // biome-ignore format: a row each
}

function recorded(material: DrillMaterial): Finding {
  const { calls, orders, planItems } = material;
  const byStream = Map.groupBy(orders, ({ stream }) => streamKey(stream));
  const writes = calls.filter(({ method }) => method !== "GET");
  const writesBy = Map.groupBy(writes, ({ stream: { domain, app, stream } }) =>
    streamKey({ domain: domain ?? "", app: app ?? "", stream: stream ?? "" }),
  );
  const unknown = [...writesBy].flatMap(([key, made]) => {
    const attempts = (byStream.get(key) ?? []).reduce((sum, order) => sum + order.attempts, 0);
    return made.length > attempts ? [`${key}: ${made.length} writes at Live, ${attempts} attempts in the ledger`] : [];
  });
  const known = new Map(planItems.map((plan) => [plan.orderId, plan]));
  return finding("–", "every call and every end is in the ledger, with who and who else", `${writes.length} writes, ${orders.length} orders`, [
    ...unknown,
    ...orders.flatMap((order) => strayOrder(order, known.get(order.orderId ?? ""))),
    ...material.results.flatMap((result) => strayResult(result, known.get(result.orderId), byStream)),
  ]); // biome-ignore format: a row each
}

function strayOrder(order: OrderItem, plan: PlanItem | undefined): string[] {
  const name = `${formatStream(order.stream)} order ${order.number} (${order.action})`;
  if (!plan) return [`${name}: no plan stands behind it`];
  return [
    ...(order.outcome === undefined ? [`${name}: has no outcome`] : []),
    ...(order.requestedBy === OPERATORS.alice.arn ? [] : [`${name}: by ${order.requestedBy}`]),
    ...(order.approvedBy === plan.approvedBy ? [] : [`${name}: approved by ${order.approvedBy}`]),
  ];
}

function strayResult(
  result: ResultItem,
  plan: PlanItem | undefined,
  orders: ReadonlyMap<string, OrderItem[]>,
): string[] {
  const name = `result ${result.index} of ${result.orderId}`;
  const stream = plan?.streams[result.index];
  if (!stream) return [`${name}: of no stream of a plan`];
  if (result.orderNumber === undefined) return []; // nothing was ordered of it
  const order = orders.get(streamKey(stream))?.find(({ number }) => number === result.orderNumber);
  if (order?.orderId !== result.orderId) return [`${name}: order ${result.orderNumber} is another's`];
  const isSame = order.outcome === result.outcome || result.outcome === "cancelled";
  return isSame ? [] : [`${name}: ${result.outcome}, and its order ended as ${order.outcome}`];
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
