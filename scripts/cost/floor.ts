/**
 * The floor: the least that a design with offair's promises needs, as a list of requests with a reason for each. It has offair's contents, so its
 * items are as large, and its index for the evidence and its outbox are the same; but no request is there twice, none is only for convenience,
 * and no function computes anything beside sending requests.
 */
import {
  billedMs,
  emptyReceives,
  gbSeconds,
  KMS_REQUESTS_A_MONTH,
  LOG_LINE_BYTES,
  MONTH_HOURS,
  type Service,
  WAIT_MS,
} from "./assumptions.ts";
import { type Counted, one, type Scene, sceneOf } from "./counts.ts";
import { add, type Counts, times } from "./prices.ts";
import { unitsOf, type Writes } from "./writes.ts";

const MEMORY_MB = 512;
/** The part of the worker's CPU time that is the SDK's, Node's and the kernel's: measured, bench/experiments.md. */
const CPU_OF_REQUESTS = 0.92;
/** A line of the log for each invocation, with the outcome and the metrics. */
const LOG_LINE = 400;

export interface Step {
  readonly what: string;
  readonly why: string;
  readonly counts: Counts;
  /** Write units, by the item; `counts` has their sum. */
  readonly writes?: Writes;
  /** What the function waits for; steps are one after another. */
  readonly waits?: readonly Service[];
}

/** The items of a report, an order and an event, in write units. */
interface Sizes {
  readonly report: number;
  readonly order: number;
  readonly event: number;
}

const KB = 1_024;
function sizesOf({ operations }: Scene): Sizes {
  const units = (name: string) => Math.max(1, Math.ceil((operations[name]?.itemBytes ?? 0) / KB));
  return {
    report: units("worker dynamodb PutItem REPORT REPORT"),
    order: units("worker dynamodb PutItem STREAM ORDER"),
    event: units("notify dynamodb PutItem EVENT N"),
  };
}

/** Events of a report that disables: the decision, the stream, the end of the report. A bus and one subscriber get each. */
const EVENTS = 3;
const RECIPIENTS = 2;
const read: Counts = { readUnits: 1 };
const written = (writes: Writes, also: Counts = {}) => ({ writes, counts: { ...also, writeUnits: unitsOf(writes) } });

/** @param scene - a counted report that disables, for the sizes of its items, logs aside. */
export function floorOfDisable(scene: Scene): readonly Step[] {
  const { report, order, event } = sizesOf(scene);
  const sent = times(scene.by.worker ?? {}, 1 / scene.times).transferredBytes ?? 0;
  const posted = times(scene.by.notify ?? {}, 1 / scene.times).transferredBytes ?? 0;
  const onQueue: Counts = { sqsRequests: 3 };
  return [
    {
      ...{ what: "the request of the sender", why: "it is answered by an HTTP API" },
      counts: { gatewayRequests: 1, logBytes: LOG_LINE },
    },
    {
      ...{ what: "send, receive and delete of the report's message", why: "nothing accepted is lost" },
      ...{ counts: onQueue, waits: ["sqs"] },
    },
    { what: "read the mode", why: "it changes without a deployment", counts: read, waits: ["dynamodb"] },
    {
      ...{
        what: "read the report and the stream's orders, at once",
        why: "a report decides once; the rule for a repeat",
      },
      ...{ counts: times(read, 2), waits: ["dynamodb"] },
    },
    {
      ...{ what: "count the action", why: "actions are limited in a window" },
      ...written({ "actions of the window": 1 }),
      waits: ["dynamodb"],
    },
    {
      ...{ what: "write the decision: item, index by time, outbox", why: "decided before anything happens; evidence" },
      ...written({ report: 2 * report + 1 }),
      waits: ["dynamodb"],
    },
    {
      ...{ what: "take the stream's lock", why: "one call for a stream at a time" },
      ...written({ "lock of the stream": 1 }),
      waits: ["dynamodb"],
    },
    {
      ...{ what: "write the order with its number and its intent: item, index by time", why: "the last word wins" },
      ...written({ order: 2 * order }),
      waits: ["dynamodb"],
    },
    {
      ...{ what: "take a lease, and disable", why: "all functions together keep Live's pace" },
      ...written({ "leases of Live's pace": 1 }, { transferredBytes: sent }),
      waits: ["dynamodb", "live"],
    },
    {
      ...{ what: "take a lease, and read Live's list", why: "verified means that Live lists it" },
      ...written({ "leases of Live's pace": 1 }),
      waits: ["dynamodb", "live"],
    },
    {
      ...{ what: "write the outcome: item, the moved entry of the index, outbox", why: "evidence; an event follows" },
      ...written({ order: 3 * order + 1 }),
      waits: ["dynamodb"],
    },
    {
      ...{ what: "release the lock", why: "the next order need not wait" },
      ...written({ "lock of the stream": 1 }),
      waits: ["dynamodb"],
    },
    {
      ...{
        what: "write the report's outcome: item, the moved entry of the index",
        why: "evidence; the sender may ask",
      },
      ...written({ report: 3 * report }),
      waits: ["dynamodb"],
    },
    {
      ...{ what: "send, receive and delete of the message for the events", why: "they leave at once" },
      ...{ counts: onQueue, waits: ["sqs"] },
    },
    {
      ...{
        what: "read both items and the state of each recipient",
        why: "a message is only a hint; a paused one gets none",
      },
      ...{ counts: times(read, 2 + RECIPIENTS), waits: ["dynamodb"] },
    },
    {
      ...{ what: "add the events to the log: item and index by time", why: "a replay, and an order of the events" },
      ...written({ events: EVENTS * 2 * event }),
      waits: ["dynamodb"],
    },
    {
      ...{ what: "lock and unlock the delivery to each recipient", why: "in order, and by one at a time" },
      ...written({ deliveries: 2 * RECIPIENTS }),
      waits: ["dynamodb", "dynamodb"],
    },
    {
      ...{ what: "deliver each event to the bus and to the subscriber", why: "the promise itself" },
      ...{ counts: { busEvents: EVENTS, transferredBytes: posted }, waits: Array(EVENTS).fill("receiver") },
    },
    {
      ...{ what: "take both items out of the outbox: item and outbox", why: "or they would be sent again" },
      ...written({ report: report + 1, order: order + 1 }),
      waits: ["dynamodb"],
    },
  ];
}

/** The functions of the floor: webhook, worker and notify run once each. Their CPU time is that of as many requests of ours. */
export function costOfSteps(scene: Scene, steps: readonly Step[]): Counts {
  const cpuMs = Object.values(scene.cpuMs).reduce((sum, ms) => sum + ms, 0) / scene.times;
  const requests = Object.values(scene.operations).reduce((sum, each) => sum + each.requests, 0) / scene.times;
  const waits = steps.flatMap((step) => step.waits ?? []);
  const waitMs = waits.reduce((sum, service) => sum + WAIT_MS[service], 0);
  const cpuOfFloor = (cpuMs / requests) * CPU_OF_REQUESTS * waits.length;
  const ran: Counts = {
    lambdaRequests: 3,
    lambdaGbSeconds: gbSeconds(billedMs(waitMs, cpuOfFloor, MEMORY_MB), MEMORY_MB),
    logBytes: 3 * (LOG_LINE + LOG_LINE_BYTES),
  };
  return add(ran, ...steps.map(({ counts }) => counts));
}

/** The metrics without which an alarm could not say that something did not happen: audits, and sweeps of the clock. */
const METRICS_OF_SILENCE = 2;
/** Events that are due, and cases, are looked for as often as promised: every 20 seconds, and every minute. */
const LOOKS_OF_NOTIFY = 3;

/** An idle month: the same resources, but an alarm reads one metric, and only metrics of silence are written. */
export function floorOfIdleMonth(counted: Counted): Record<string, Counts> {
  const { mappings, secrets, kmsKeys, alarms, dashboards } = counted.standing;
  const minutes = MONTH_HOURS * 60;
  const lookMs = billedMs(WAIT_MS.dynamodb, cpuOfOne(counted, "clock sweep"), MEMORY_MB);
  const look: Counts = {
    ...{ lambdaRequests: 1, lambdaGbSeconds: gbSeconds(lookMs, MEMORY_MB), readUnits: 0.5 },
    logBytes: LOG_LINE + LOG_LINE_BYTES,
  };
  return {
    "a secret for each key that only one function may read": { secretMonths: secrets },
    "a key that CloudWatch may use for the topic of the alerts": {
      ...{ kmsKeyMonths: kmsKeys, kmsRequests: KMS_REQUESTS_A_MONTH },
    },
    "an alarm of one metric for each failure": { alarmMetricMonths: alarms },
    "metrics whose absence is the failure": { metricMonths: METRICS_OF_SILENCE },
    "a dashboard": { dashboardMonths: dashboards },
    "a set of pollers for each mapping": { sqsRequests: emptyReceives(mappings) },
    "looks for events that are due": times(
      add(look, { scheduledInvocations: 1 / 3, sqsRequests: 2 }),
      minutes * LOOKS_OF_NOTIFY,
    ),
    "looks for cases that are due": times(add(look, { scheduledInvocations: 1 }), minutes),
    "audits, as they are": times(add(one(counted, "idle audit"), { scheduledInvocations: 1 }), MONTH_HOURS),
  };
}

function cpuOfOne(counted: Counted, name: string): number {
  const { cpuMs, times: number } = sceneOf(counted, name);
  return (Object.values(cpuMs).reduce((sum, ms) => sum + ms, 0) / number) * CPU_OF_REQUESTS;
}
