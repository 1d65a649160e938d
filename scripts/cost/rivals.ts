/**
 * What others would do for a report that disables, by the same prices and waits. `parts`: the usual parts of a serverless webhook: middy,
 * Powertools' idempotency, logger and parameters, as their guides show. It gives fewer promises: no decision is written before the call, no
 * order of a stream's calls, no limits, no pace, no reading back, no evidence, and an event that may be lost. `workflow`: most of offair's promises by
 * the usual part for them, a standard workflow of Step Functions with a state for each step, whose name is the report's id.
 */
import { billedMs, gbSeconds, LOG_LINE_BYTES, PLATFORM_LOG_BYTES, type Service, WAIT_MS } from "./assumptions.ts";
import type { Scene } from "./counts.ts";
import { add, type Counts } from "./prices.ts";

const MEMORY_MB = 512;
/** Powertools' logger at level INFO writes its context, the function's and the trace's, to each line; here three lines an invocation. */
const LOG_BYTES = 3 * (600 + LOG_LINE_BYTES) + PLATFORM_LOG_BYTES;
const POSTED_BYTES = 1_000;

interface Run {
  readonly waits: readonly Service[];
  readonly cpuMs: number;
}

const ran = ({ waits, cpuMs }: Run): Counts => ({
  lambdaRequests: 1,
  lambdaGbSeconds: gbSeconds(
    billedMs(
      waits.reduce((sum, service) => sum + WAIT_MS[service], 0),
      cpuMs,
      MEMORY_MB,
    ),
    MEMORY_MB,
  ),
  logBytes: LOG_BYTES,
});

/** CPU time of one request, as ours needs it. */
const cpuOfRequest = ({ cpuMs, operations }: Scene): number =>
  Object.values(cpuMs).reduce((sum, ms) => sum + ms, 0) /
  Object.values(operations).reduce((sum, { requests }) => sum + requests, 0);

const runOf = (scene: Scene, waits: readonly Service[]): Counts =>
  ran({ waits, cpuMs: cpuOfRequest(scene) * waits.length });

const webhook = (scene: Scene): Counts =>
  add({ gatewayRequests: 1, sqsRequests: 3, logBytes: 400 }, runOf(scene, ["sqs"]));

/** Idempotency: one write before, one after. One event is put on the bus. Secrets are cached, so that they cost nothing here. */
export const parts = (scene: Scene): Counts =>
  add(webhook(scene), { writeUnits: 2, busEvents: 1 }, runOf(scene, ["dynamodb", "live", "events", "dynamodb"]));

/** States: mode, orders, decide, limits, write the decision, lock, place the order, disable, read back, outcome, unlock, close, event, end. */
const STATES = 14;
/** As in the floor, but without an index for evidence: the workflow's own history, kept for 90 days, takes its place. */
const WORKFLOW_WRITES = 8;
const WORKFLOW_READS = 2;

export const workflow = (scene: Scene): Counts =>
  add(
    webhook(scene),
    { stateTransitions: STATES + 1, writeUnits: WORKFLOW_WRITES, readUnits: WORKFLOW_READS, busEvents: 3 },
    { transferredBytes: 3 * POSTED_BYTES },
    runOf(scene, []), // decides
    runOf(scene, ["live"]), // disables
    runOf(scene, ["live"]), // reads back
  );
