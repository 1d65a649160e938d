/** Measures from the post of a report to Live's answer to the disable: offair, and functions that perform only the same hops. */
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
/** Reports that are not counted: they find the dead sockets of environments that were stopped during the other side's turn. */
const FIRST_OF_A_TURN = 8;
/** Wait after the call to Live, until all work for its report has ended. */
const REST_MS = 500;
/** Reports posted at once, so that both sides start all environments that they need. */
const AT_ONCE = 30;
/** Reports posted one by one before the measurement. */
const CHECKED = 5;

/** Times for each stream, in the order of their posts. @throws if a report is not answered 202, or its stream is not disabled in time. */
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

export const timeToOff: Bench = {
  name: "time-to-off",
  about:
    "measures from the post of a report to the simulator's answer to the disable; 900 reports on 900 streams at 15 a second, on local stacks with warm environments. `floor`: the same stack with functions that forward the body, perform as many ledger operations as offair in the same order, and send two calls to Live that the bench has signed in advance.",
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
