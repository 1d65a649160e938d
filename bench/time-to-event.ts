/** Measures from the outcome of a disable to the receiver's 200: offair, and functions that perform only the hops. */
import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { postReport } from "../local/demo/send-report.ts";
import { SOURCE } from "../local/demo/world.ts";
import type { Bench, Measured, Row, Samples } from "./bench.ts";
import { cpuOfOne, measureCpu, type UsedCpu } from "./cpu.ts";
import type { EventHops } from "./floors/event-hops.ts";
import { arrival, startNotifiedStacks } from "./notified-stacks.ts";
import type { Receiver } from "./receiver.ts";
import { rotated } from "./take-turns.ts";
import type { StackSide } from "./two-stacks.ts";

const LIMITS = { atMost: 18, seconds: 240 };
const REPORTS_A_TURN = { full: 60, quick: 10 };
/** Reports that are not counted: they find the dead sockets of environments that were stopped during another side's turn. */
const FIRST_OF_A_TURN = 5;
/** Reports posted at once, so that all environments that a side needs are started. */
const AT_ONCE = 10;
/** Wait after an event, until most of the other work for its report has ended. */
const REST_MS = 50;

interface Side {
  readonly name: "ours" | EventHops;
  readonly on: StackSide;
  readonly receiver: Receiver;
}

/**
 * Reports one stream after another: the next one when the event about the one before has arrived.
 *
 * @returns times, in this order. @throws if an event does not arrive in time.
 */
async function disableEach(side: Side, streams: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (const stream of streams) {
    await post(side, stream);
    times.push(await arrival(side.name, side.receiver, stream));
    await sleep(REST_MS);
  }
  return times;
}

async function post({ name, on }: Side, stream: string): Promise<void> {
  const of = { domain: "publish.example.huawei.com", app: "live", stream };
  const report = on.report(of, name === "ours" ? undefined : name);
  const { status, text } = await postReport(on.stack.gatewayUrl, SOURCE, report);
  assert.equal(status, 202, `${name}: ${text}`);
}

/** Checks that the event of each stream came to the receiver and to the bus once. */
function checkOnce({ on: { name, stack }, receiver }: Pick<Side, "on" | "receiver">, streams: readonly string[]): void {
  const expected = [...streams].sort();
  const received = [...receiver.tookMs].flatMap(([stream, times]) => times.map(() => stream));
  assert.deepEqual(received.sort(), expected, `${name}: the receiver`);
  const onBus = stack.eventBuses.received(stack.eventBus).filter(({ detailType }) => detailType === "stream.disabled");
  const ofBus = onBus.map(({ detail }) => (detail as { data: { stream: { stream: string } } }).data.stream.stream);
  assert.deepEqual(ofBus.sort(), expected, `${name}: the bus`);
}

const BOUND =
  "The bare hops have no promise: a message that is lost or comes twice, and a receiver that is down, lose, repeat or reorder events. A promise costs ledger operations in a row. The floor with an outbox has three before the post: read the item, add the event, lock the delivery. offair has five: it also reads the report, for the reason of the disable, and the end of the log, so that a repeated message adds nothing twice; and in parallel the state of each subscriber. An operation takes about half as long as all of the bare hops together: the stand-ins answer on the loopback address, and share two cores with both stacks.";

export const timeToEvent: Bench = {
  name: "time-to-event",
  about:
    "measures from the outcome of a disable, before it is written, to a receiver's 200; rounds of reports one after another on each side, on local stacks with warm environments, with the event bus as a second subscriber. `bare`: the same stack with functions that perform only the hops: the worker sends the event to the queue of `notify` beside its last writes, and `notify` signs it and posts it. `outbox`: the message names the item; `notify` reads it, adds the event to the log, posts, writes the deliveries, and takes the item out of the outbox.",
  leftOut: "five in six of the reports of a round",
  async run({ isQuick, rounds }) {
    const aTurn = REPORTS_A_TURN[isQuick ? "quick" : "full"];
    const { ours, floor, receivers, close } = await startNotifiedStacks();
    const sides: readonly Side[] = [
      { name: "outbox", on: floor, receiver: receivers.floor },
      { name: "ours", on: ours, receiver: receivers.ours },
      { name: "bare", on: floor, receiver: receivers.floor },
    ];
    try {
      const streams = { ours: [] as string[], outbox: [] as string[], bare: [] as string[] };
      const times = { ours: [] as number[], outbox: [] as number[], bare: [] as number[] };
      const named = ({ name }: Side, what: string, length: number): string[] => {
        const some = Array.from({ length }, (_, index) => `${what}-${name}-${index}`);
        streams[name].push(...some);
        return some;
      };
      for (const side of sides) {
        const warming = named(side, "warm-up", AT_ONCE);
        await Promise.all(warming.map((stream) => post(side, stream)));
        for (const stream of warming) await arrival(side.name, side.receiver, stream);
      }
      const rowOf = (below: EventHops, share: number, atMost: number): Row => ({
        what: `${below === "bare" ? "bare hops" : "hops of an outbox"}, p${share * 100}`,
        ...{ above: "ours", below, quantile: share, target: { atMost }, bound: BOUND },
      });
      const samplesOf = (values: number[]): Samples => ({ unit: "ms", values, aRound: aTurn });
      const { ours: oursMs, outbox, bare } = times;
      const measured: Measured = {
        samples: { ours: samplesOf(oursMs), outbox: samplesOf(outbox), bare: samplesOf(bare) },
        rows: (["bare", "outbox"] as const).flatMap((below) => [rowOf(below, 0.5, 1.3), rowOf(below, 0.99, 1.5)]),
      };
      const used: UsedCpu[] = [];
      for (const round of rounds(measured, LIMITS)) {
        for (const side of rotated(sides, round)) {
          const cpu = measureCpu();
          const all = await disableEach(side, named(side, `room-${round}`, FIRST_OF_A_TURN + aTurn));
          if (side.name === "ours") used.push(cpu());
          times[side.name].push(...all.slice(FIRST_OF_A_TURN));
        }
      }
      checkOnce({ on: ours, receiver: receivers.ours }, streams.ours);
      checkOnce({ on: floor, receiver: receivers.floor }, [...streams.outbox, ...streams.bare]);
      const cpu = cpuOfOne("report", used.length * (FIRST_OF_A_TURN + aTurn), used);
      return { ...measured, rows: measured.rows.map((row) => ({ ...row, cpu })) };
    } finally {
      await close();
    }
  },
};
