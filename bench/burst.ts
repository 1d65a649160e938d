/** Posts reports as fast as they are accepted, to offair and to functions that only forward the body; checks that all are queued. */
import { strict as assert } from "node:assert";
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { postReport, type SignedReport } from "../local/demo/send-report.ts";
import { SOURCE } from "../local/demo/world.ts";
import type { Bench, Measured } from "./bench.ts";
import { rotated } from "./take-turns.ts";
import { type StackSide, startTwoStacks } from "./two-stacks.ts";

const LIMITS = { atLeast: 20, atMost: 100, seconds: 90 };
const REPORTS_A_TURN = 250;
/** Twice the number of the webhook's environments: half of the senders wait for one. */
const SENDERS = 20;
const MESSAGES_A_REQUEST = 10;

/** @returns the time until all were accepted. */
async function pour({ name, stack }: StackSide, reports: readonly SignedReport[]): Promise<number> {
  const queue = reports.values();
  const send = async () => {
    for (const report of queue) {
      const { status, text } = await postReport(stack.gatewayUrl, SOURCE, report);
      assert.equal(status, 202, `${name}: ${text}`);
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: SENDERS }, send));
  return performance.now() - startedMs;
}

const namesStream = z.object({ stream: z.object({ stream: z.string() }) });
/** The message of offair, and of the floor, which is the report itself. */
const messageSchema = z.union([
  z.object({ reports: z.tuple([namesStream]) }).transform(({ reports: [report] }) => report.stream.stream),
  namesStream.transform(({ stream }) => stream.stream),
]);

/** Takes every message off the urgent queue, and returns their streams. */
async function drain({ stack }: StackSide): Promise<string[]> {
  const QueueUrl = stack.queues.UrgentQueue;
  const streams: string[] = [];
  for (;;) {
    const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: MESSAGES_A_REQUEST });
    const { Messages = [] } = await stack.clients.sqs.send(receive);
    if (Messages.length === 0) return streams;
    streams.push(...Messages.map(({ Body = "" }) => messageSchema.parse(JSON.parse(Body))));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
    await stack.clients.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

/** Measures one turn, and checks that exactly the accepted reports are on the queue, each once. */
async function turn(side: StackSide, names: readonly string[]): Promise<number> {
  const reports = names.map((stream) => side.report({ domain: "publish.example.huawei.com", app: "live", stream }));
  const ms = await pour(side, reports);
  assert.deepEqual(
    (await drain(side)).sort(),
    [...names].sort(),
    `${side.name}: the queue does not contain the accepted reports`,
  );
  return ms;
}

export const burst: Bench = {
  name: "burst",
  about: `rounds of ${REPORTS_A_TURN} reports posted as fast as they are accepted, by ${SENDERS} senders, on local stacks without a worker: afterwards all are on the urgent queue. \`floor\`: a webhook that only forwards the body.`,
  async run({ rounds }) {
    const { ours, floor, close } = await startTwoStacks({ isConsumed: false, isNotified: false });
    try {
      const named = (round: number) => Array.from({ length: REPORTS_A_TURN }, (_, index) => `room-${round}-${index}`);
      for (const side of [ours, floor]) await turn(side, named(-1)); // starts the environments
      const tookMs = { ours: [] as number[], floor: [] as number[] };
      const measured: Measured = {
        samples: {
          ours: { unit: "ms", values: tookMs.ours },
          floor: { unit: "ms", values: tookMs.floor },
        },
        rows: [
          {
            what: "throughput",
            ...{ above: "floor", below: "ours", target: { atLeast: 0.7 } },
            bound:
              "Senders, gateway, queue and ten environments share two cores and are the same for both sides, so offair's additional work (verification, schema, two log lines) is the smaller part; `verify` measures it alone. The worker is left out on both sides, because actions have their own rate limit.",
          },
        ],
      };
      for (const round of rounds(measured, LIMITS)) {
        for (const side of rotated([ours, floor], round)) tookMs[side.name].push(await turn(side, named(round)));
      }
      return measured;
    } finally {
      await close();
    }
  },
};
