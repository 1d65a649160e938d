/** From the posting of a report to Live's answer that its stream is off: ours, and the same hops with functions that do nothing else. */
import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { SECOND_MS } from "../lib/core/time.ts";
import { until } from "../local/demo/scene.ts";
import { postReport } from "../local/demo/send-report.ts";
import { SOURCE } from "../local/demo/world.ts";
import type { Bench, Row } from "./bench.ts";
import { type Counted, createOperationsCounter } from "./count-operations.ts";
import { AFTER_THE_LOOK, BEFORE_THE_CALL, BEFORE_THE_LOOK } from "./floors/hops.ts";
import { rotated } from "./take-turns.ts";
import { type StackSide, startTwoStacks, type TwoStacks } from "./two-stacks.ts";

const ROUNDS = 6;
const REPORTS_A_TURN = 150;
const REPORTS_A_SECOND = 15;
/** Sockets of environments that were stopped while the other side had its turn are dead: these meet that, and are not counted. */
const FIRST_OF_A_TURN = 8;
/** From the call of Live to the end of all that its report costs. */
const REST_MS = 500;
/** At once, so that both sides start as many environments as they ever need. */
const AT_ONCE = 30;
/** Reports that come alone, before anything is timed. */
const CHECKED = 5;

/** One for each stream, in the order of their posting. @throws where one is not answered 202, or its stream is not disabled in time. */
async function disableAll(
  { name, stack, simulator, report }: StackSide,
  streams: readonly string[],
  aSecond = REPORTS_A_SECOND,
): Promise<number[]> {
  const since = simulator.calls().at(-1)?.seq ?? 0;
  const postedAtMs = new Map<string, number>();
  const startedMs = performance.now();
  const posts = streams.map(async (stream, index) => {
    await sleep(Math.max(0, (index * SECOND_MS) / aSecond - (performance.now() - startedMs)));
    const signed = report({ domain: "publish.example.huawei.com", app: "live", stream });
    postedAtMs.set(stream, Date.now());
    const { status, text } = await postReport(stack.gatewayUrl, SOURCE, signed);
    assert.equal(status, 202, `${name}: ${text}`);
  });
  await Promise.all(posts);
  const disables = () => simulator.calls(since).filter(({ method }) => method === "POST");
  const all = await until(`${name}: ${streams.length} streams are disabled`, async () =>
    disables().length >= streams.length ? disables() : undefined,
  );
  await sleep(REST_MS);
  const answeredAtMs = new Map(all.map(({ stream, time }) => [stream.stream, Date.parse(time)]));
  return streams.map((stream) => (answeredAtMs.get(stream) ?? Number.NaN) - (postedAtMs.get(stream) ?? Number.NaN));
}

/** What was disabled was disabled once; a call that was refused has not happened. */
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

/** @returns the streams that it disabled. @throws where the floor is not as ours, or a side does not do what it is timed for. */
async function check({ ours, floor, counter }: Sides): Promise<string[]> {
  const streams = namesOf("check", CHECKED);
  const counts: Counted[] = [];
  for (const stream of streams) {
    await disableAll(floor, [stream]);
    counts.push(await counter.during(ours.simulator, () => disableAll(ours, [stream])));
  }
  const looks = ({ simulator }: StackSide) => simulator.calls().filter(({ method }) => method === "GET").length;
  assert.deepEqual([looks(ours), looks(floor)], [CHECKED, CHECKED], "a side does not look at the list");
  // The first one proves the key, and now and then that is noted; no report costs less than this.
  const [least] = counts.sort((a, b) => a.flat().length - b.flat().length);
  assert.deepEqual(least?.map(sorted), FLOOR_COUNT.map(sorted), "the floor has other ledger operations than ours");
  return streams;
}

const namesOf = (what: string, length: number): string[] => Array.from({ length }, (_, index) => `${what}-${index}`);

interface Sides extends TwoStacks {
  readonly counter: ReturnType<typeof createOperationsCounter>;
}
const sorted = (names: readonly string[]): string[] => [...names].sort();

const BOUND =
  "Gateway, queue, table and the freezing and thawing of processes share two cores with the functions and are the same for both sides. Other load on the machine slows both sides down, and offair more, because it computes more. The worker alone, with one report after the other, takes 1.2 times as long as the floor's worker until Live has responded: conditions, schemas, the key circuit breaker and one signature.";

export const timeToOff: Bench = {
  name: "time-to-off",
  about:
    "From posting a report until the simulator has responded to the disable; 900 reports on 900 streams at 15 a second, on local stacks with warm environments. `floor`: the same stack with functions that forward the body, make the same ledger operations in the same order, and send two calls to Live that the benchmark signed in advance.",
  async run() {
    const counter = createOperationsCounter();
    const stacks = await startTwoStacks({ isConsumed: true, onRequest: counter.note });
    const { ours, floor } = stacks;
    try {
      const streams = await check({ ...stacks, counter });
      const warming = namesOf("warm-up", AT_ONCE);
      streams.push(...warming);
      for (const side of [floor, ours]) await disableAll(side, warming, Number.POSITIVE_INFINITY);
      const latencies = { ours: [] as number[], floor: [] as number[] };
      for (let round = 0; round < ROUNDS; round++) {
        const named = namesOf(`room-${round}`, FIRST_OF_A_TURN + REPORTS_A_TURN);
        streams.push(...named);
        for (const side of rotated([ours, floor], round)) {
          latencies[side.name].push(...(await disableAll(side, named)).slice(FIRST_OF_A_TURN));
        }
      }
      for (const side of [ours, floor]) checkOnce(side, streams);
      const rowOf = (share: number, atMost: number): Row => ({
        what: `p${share * 100}`,
        ...{ above: "ours", below: "floor", quantile: share, target: { atMost } },
        ...(share === 0.5 && { bound: BOUND }),
      });
      return {
        samples: {
          ours: { unit: "ms", values: latencies.ours },
          floor: { unit: "ms", values: latencies.floor },
        },
        rows: [rowOf(0.5, 1.3), rowOf(0.99, 1.5)],
      };
    } finally {
      await stacks.close();
    }
  },
};
