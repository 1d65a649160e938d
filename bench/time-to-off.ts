/** Measures from the post of a report to Live's answer to the disable: offair, and functions that perform only the same hops. */
import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { SECOND_MS } from "../lib/core/time.ts";
import { until } from "../local/demo/scene.ts";
import { postReport } from "../local/demo/send-report.ts";
import { SOURCE } from "../local/demo/world.ts";
import type { Bench, Effort, Measured, Row, Samples } from "./bench.ts";
import { type Counted, createOperationsCounter } from "./count-operations.ts";
import { cpuOfOne, measureCpu, type UsedCpu } from "./cpu.ts";
import { AFTER_THE_LOOK, BEFORE_THE_CALL, BEFORE_THE_LOOK } from "./floors/hops.ts";
import { arrival, type NotifiedStacks, startNotifiedStacks } from "./notified-stacks.ts";
import type { Receiver } from "./receiver.ts";
import { rotated } from "./take-turns.ts";
import { type StackSide, startTwoStacks, type TwoStacks } from "./two-stacks.ts";

const REPORTS_A_TURN = 75;
const LIMITS = { atLeast: 12, atMost: 24, seconds: 300 };
const LIMITS_WITH_EVENTS = { atLeast: 6, atMost: 12, seconds: 200 };
const REPORTS_A_SECOND = 15;
/** Reports that are not counted: they find the dead sockets of environments that were stopped during the other side's turn. */
const FIRST_OF_A_TURN = 8;
/** Wait after the call to Live, until all work for its report has ended. */
const REST_MS = 500;
/** On a busy machine. */
const PATIENCE_MS = 60 * SECOND_MS;
/** Reports posted at once, so that both sides start all environments that they need. */
const AT_ONCE = 30;
/** Reports posted one by one before the measurement. */
const CHECKED = 5;

/**
 * Reports each stream, and waits for the end of all work for it.
 *
 * @param receiver - of the side's events. Without one, there are none.
 * @returns times, in the order of the posts. @throws if a report is not answered 202, or its stream is not disabled in time.
 */
async function disableAll(
  { name, stack, simulator, report }: StackSide,
  streams: readonly string[],
  {
    aSecond = REPORTS_A_SECOND,
    receiver,
  }: { readonly aSecond?: number; readonly receiver?: Receiver | undefined } = {},
): Promise<number[]> {
  const since = simulator.calls().at(-1)?.seq ?? 0;
  const postedAtMs = new Map<string, number>();
  const startedMs = performance.now();
  const posts = streams.map(async (stream, index) => {
    await sleep(Math.max(0, (index * SECOND_MS) / aSecond - (performance.now() - startedMs)));
    const signed = report({ domain: "publish.example.huawei.com", app: "live", stream }, receiver && "outbox");
    postedAtMs.set(stream, Date.now());
    const { status, text } = await postReport(stack.gatewayUrl, SOURCE, signed);
    assert.equal(status, 202, `${name}: ${text}`);
  });
  await Promise.all(posts);
  const disables = () => simulator.calls(since).filter(({ method }) => method === "POST");
  const all = await until(
    `${name}: ${streams.length} streams are disabled`,
    async () => (disables().length >= streams.length ? disables() : undefined),
    PATIENCE_MS,
  );
  if (receiver) for (const stream of streams) await arrival(name, receiver, stream);
  await sleep(REST_MS);
  const answeredAtMs = new Map(all.map(({ stream, time }) => [stream.stream, Date.parse(time)]));
  return streams.map((stream) => (answeredAtMs.get(stream) ?? Number.NaN) - (postedAtMs.get(stream) ?? Number.NaN));
}

/** Checks that each stream was disabled once; refused calls do not count. */
function checkOnce({ name, simulator }: StackSide, streams: readonly string[]): void {
  const calls = simulator.calls();
  assert.deepEqual(
    calls.filter(({ status }) => (status ?? 500) >= 400),
    [],
    `${name}: Live refused a call`,
  );
  const disabled = calls.filter(({ method }) => method === "POST").map(({ stream }) => stream.stream);
  assert.deepEqual(disabled.sort(), [...streams].sort(), `${name}: not each stream was disabled once`);
}

const FLOOR_COUNT: Counted = [BEFORE_THE_CALL, BEFORE_THE_LOOK, AFTER_THE_LOOK].map((stages) =>
  stages.flat().map((hop) => hop.replace(" dated", "")),
);

/** @returns the disabled streams. @throws if the floor has other operations than offair, or a side does not work correctly. */
async function check({ ours, floor, counter }: Sides): Promise<string[]> {
  const streams = namesOf("check", CHECKED);
  const counts: Counted[] = [];
  for (const stream of streams) {
    await disableAll(floor, [stream]);
    counts.push(await counter.during(ours.simulator, () => disableAll(ours, [stream])));
  }
  const looks = ({ simulator }: StackSide) => simulator.calls().filter(({ method }) => method === "GET").length;
  assert.deepEqual([looks(ours), looks(floor)], [CHECKED, CHECKED], "a side does not look at the list");
  // Uses the report with the fewest operations, because the first one also verifies the key, and some record that.
  const [least] = counts.sort((a, b) => a.flat().length - b.flat().length);
  assert.deepEqual(least?.map(sorted), FLOOR_COUNT.map(sorted), "the floor has other ledger operations than offair");
  return streams;
}

const namesOf = (what: string, length: number): string[] => Array.from({ length }, (_, index) => `${what}-${index}`);

interface Sides extends TwoStacks {
  readonly counter: ReturnType<typeof createOperationsCounter>;
}
const sorted = (names: readonly string[]): string[] => [...names].sort();

const BOUND =
  "Gateway, queue, table, and stopping and resuming processes share two cores with the functions and are the same for both sides. On a busy machine both are slower, and offair more, because it computes more. The worker alone, with sequential reports, takes 1.2 times as long as the floor's until Live has answered: conditions, schemas, the key's circuit breaker and one signature.";
const BOUND_WITH_EVENTS =
  "`notify` and the worker are separate functions in a deployment, and share two cores with all stand-ins here. When `notify` needed about twenty ledger operations a report, 15 reports a second were more than two cores could do: a queue built up, and p50 of offair was 966 ms where the floor, which then delivered no event, had 35 ms. The same run without `notify` gave 36 and 31 ms. So this row shows what a machine of two cores can do, and the rows above show the way to Live.";

/** Adds the latencies of each round. @returns the rows, with the CPU of a report of offair. */
async function measure(
  { ours, floor }: TwoStacks,
  { measured, latencies, rounds, receivers }: Road,
  streams: string[],
): Promise<readonly Row[]> {
  const warming = namesOf("warm-up", AT_ONCE);
  streams.push(...warming);
  for (const side of [floor, ours]) {
    await disableAll(side, warming, { aSecond: Number.POSITIVE_INFINITY, receiver: receivers?.[side.name] });
  }
  const used: UsedCpu[] = [];
  for (const round of rounds(measured)) {
    const named = namesOf(`room-${round}`, FIRST_OF_A_TURN + REPORTS_A_TURN);
    streams.push(...named);
    for (const side of rotated([ours, floor], round)) {
      const cpu = measureCpu();
      const times = await disableAll(side, named, { receiver: receivers?.[side.name] });
      if (side.name === "ours") used.push(cpu());
      latencies[side.name].push(...times.slice(FIRST_OF_A_TURN));
    }
  }
  for (const side of [ours, floor]) checkOnce(side, streams);
  const cpu = cpuOfOne("report", used.length * (FIRST_OF_A_TURN + REPORTS_A_TURN), used);
  return measured.rows.map((row) => ({ ...row, cpu }));
}

interface Road {
  readonly measured: Measured;
  readonly latencies: Readonly<Record<StackSide["name"], number[]>>;
  readonly rounds: (measured: Measured) => Iterable<number>;
  readonly receivers?: NotifiedStacks["receivers"];
}

/** @param name - of the sides and the rows. */
function roadOf(name: string, bound: string): Pick<Road, "measured" | "latencies"> {
  const latencies = { ours: [] as number[], floor: [] as number[] };
  const [above, below] = [`ours, ${name}`, `floor, ${name}`];
  const rowOf = (share: number, atMost: number): Row => ({
    what: `${name}, p${share * 100}`,
    ...{ above, below, quantile: share, target: { atMost }, bound },
  });
  const samplesOf = (values: number[]): Samples => ({ unit: "ms", values, aRound: REPORTS_A_TURN });
  const samples = { [above]: samplesOf(latencies.ours), [below]: samplesOf(latencies.floor) };
  return { latencies, measured: { samples, rows: [rowOf(0.5, 1.3), rowOf(0.99, 1.5)] } };
}

async function withoutEvents({ rounds }: Effort): Promise<Measured> {
  const counter = createOperationsCounter();
  const stacks = await startTwoStacks({ isConsumed: true, isNotified: false, onRequest: counter.note });
  try {
    const streams = await check({ ...stacks, counter });
    const road = { ...roadOf("alone", BOUND), rounds: (measured: Measured) => rounds(measured, LIMITS) };
    return { ...road.measured, rows: await measure(stacks, road, streams) };
  } finally {
    await stacks.close();
  }
}

async function withEvents({ rounds }: Effort): Promise<Measured> {
  const stacks = await startNotifiedStacks();
  try {
    const road = {
      ...{ ...roadOf("with events", BOUND_WITH_EVENTS), receivers: stacks.receivers },
      rounds: (measured: Measured) => rounds(measured, LIMITS_WITH_EVENTS),
    };
    return { ...road.measured, rows: await measure(stacks, road, []) };
  } finally {
    await stacks.close();
  }
}

export const timeToOff: Bench = {
  name: "time-to-off",
  about: `measures from the post of a report to the simulator's answer to the disable; rounds of ${REPORTS_A_TURN} reports on as many streams at ${REPORTS_A_SECOND} a second, on local stacks with warm environments. \`floor\`: the same stack with functions that forward the body, perform as many ledger operations as offair in the same order, and send two calls to Live that the bench has signed in advance. In the rows *alone*, nothing reads the queue of \`notify\`; in the rows *with events*, each side also delivers the event of every disable, the floor with the hops of an outbox (see \`time-to-event\`).`,
  leftOut: "the rows with events",
  async run(effort) {
    const measured = await withoutEvents(effort);
    if (effort.isQuick) return measured;
    const { samples, rows } = await withEvents(effort);
    return { samples: { ...measured.samples, ...samples }, rows: [...measured.rows, ...rows] };
  },
};
