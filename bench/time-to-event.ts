/** Measures from the outcome of a disable to the receiver's 200: offair, and functions that perform only the hops. */
import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { MINUTE_MS, SECOND_MS } from "../lib/core/time.ts";
import { until } from "../local/demo/scene.ts";
import { postReport } from "../local/demo/send-report.ts";
import { SOURCE } from "../local/demo/world.ts";
import type { Bench, Row } from "./bench.ts";
import { type EventHops, RECEIVER } from "./floors/event-hops.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { rotated } from "./take-turns.ts";
import { type StackSide, startTwoStacks } from "./two-stacks.ts";

const ROUNDS = Number(process.env.S3R ?? 6);
const REPORTS_A_TURN = Number(process.env.S3N ?? 60);
/** Fewer than in `time-to-off`: the events of a report are as much work again, on the same machine. */
const REPORTS_A_SECOND = 6;
/** Reports that are not counted: they find the dead sockets of environments that were stopped during another side's turn. */
const FIRST_OF_A_TURN = 8;
/** Reports posted at once, so that all environments that a side needs are started. */
const AT_ONCE = 20;
/** Wait after the last event, until all work for its report has ended. */
const REST_MS = 1_000;
const PATIENCE_MS = 60 * SECOND_MS;

interface Side {
  readonly name: "ours" | EventHops;
  readonly on: StackSide;
  readonly receiver: Receiver;
}

/** Times for each stream, in the order of their posts. @throws if an event does not arrive in time. */
async function disableAll({ name, on, receiver }: Side, streams: readonly string[], aSecond = REPORTS_A_SECOND) {
  const startedMs = performance.now();
  const posts = streams.map(async (stream, index) => {
    await sleep(Math.max(0, (index * SECOND_MS) / aSecond - (performance.now() - startedMs)));
    const of = { domain: "publish.example.huawei.com", app: "live", stream };
    const report = on.report(of, name === "ours" ? undefined : name);
    const { status, text } = await postReport(on.stack.gatewayUrl, SOURCE, report);
    assert.equal(status, 202, `${name}: ${text}`);
  });
  await Promise.all(posts);
  const times = () => new Map(receiver.received.map(({ stream, tookMs }) => [stream, tookMs]));
  const what = `${name}: the events of ${streams.length} streams`;
  const all = await until(
    what,
    async () => (streams.every((stream) => times().has(stream)) ? times() : undefined),
    PATIENCE_MS,
  );
  await sleep(REST_MS);
  return streams.map((stream) => all.get(stream) ?? Number.NaN);
}

/** Checks that the event of each stream came to the receiver and to the bus once. */
function checkOnce({ on: { name, stack }, receiver }: Pick<Side, "on" | "receiver">, streams: readonly string[]): void {
  const expected = [...streams].sort();
  assert.deepEqual(receiver.received.map(({ stream }) => stream).sort(), expected, `${name}: the receiver`);
  const onBus = stack.eventBuses.received(stack.eventBus).filter(({ detailType }) => detailType === "stream.disabled");
  const ofBus = onBus.map(({ detail }) => (detail as { data: { stream: { stream: string } } }).data.stream.stream);
  assert.deepEqual(ofBus.sort(), expected, `${name}: the bus`);
}

const BOUND = "TODO";

export const timeToEvent: Bench = {
  name: "time-to-event",
  about: "TODO",
  async run() {
    const receivers = { ours: await startReceiver(), floor: await startReceiver() };
    const subscribers = {
      ours: { [RECEIVER]: { url: receivers.ours.url } },
      floor: { [RECEIVER]: { url: receivers.floor.url } },
    };
    const stacks = await startTwoStacks({ isConsumed: true, subscribers });
    const { ours, floor } = stacks;
    // As in a deployment: what is not delivered at once on a busy machine is swept.
    const sweep = () => void ours.stack.runSchedule(new Date(), "notify").catch(() => {});
    const sweeps = setInterval(sweep, MINUTE_MS);
    const sides: readonly Side[] = [
      { name: "outbox", on: floor, receiver: receivers.floor },
      { name: "ours", on: ours, receiver: receivers.ours },
      { name: "bare", on: floor, receiver: receivers.floor },
    ];
    try {
      const streams = { ours: [] as string[], outbox: [] as string[], bare: [] as string[] };
      const times = { ours: [] as number[], outbox: [] as number[], bare: [] as number[] };
      const turn = async (side: Side, what: string, count: number, aSecond?: number): Promise<number[]> => {
        const named = Array.from({ length: count }, (_, index) => `${what}-${side.name}-${index}`);
        streams[side.name].push(...named);
        return disableAll(side, named, aSecond);
      };
      sweep();
      for (const side of sides) await turn(side, "first", 1);
      for (const side of sides) await turn(side, "warm-up", AT_ONCE, Number.POSITIVE_INFINITY);
      for (let round = 0; round < ROUNDS; round++) {
        for (const side of rotated(sides, round)) {
          const all = await turn(side, `room-${round}`, FIRST_OF_A_TURN + REPORTS_A_TURN);
          times[side.name].push(...all.slice(FIRST_OF_A_TURN));
        }
      }
      checkOnce({ on: ours, receiver: receivers.ours }, streams.ours);
      checkOnce({ on: floor, receiver: receivers.floor }, [...streams.outbox, ...streams.bare]);
      const rowOf = (below: EventHops, share: number, atMost: number): Row => ({
        what: `${below === "bare" ? "bare hops" : "hops of an outbox"}, p${share * 100}`,
        ...{ above: "ours", below, quantile: share, target: { atMost }, bound: BOUND },
      });
      const samples = Object.entries(times).map(([name, values]) => [name, { unit: "ms" as const, values }]);
      return {
        samples: Object.fromEntries(samples),
        rows: (["bare", "outbox"] as const).flatMap((below) => [rowOf(below, 0.5, 1.3), rowOf(below, 0.99, 1.5)]),
      };
    } finally {
      clearInterval(sweeps);
      await stacks.close();
      for (const { close } of Object.values(receivers)) await close();
    }
  },
};
