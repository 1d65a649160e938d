/** Shared by the steps of the story: its stream, its sender, and functions that read Live, the ledger and the archive. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DeleteCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { parseAuditKeys } from "../../lib/archive/signing-keys.ts";
import type { AuditSummary } from "../../lib/audit/audit-summary.ts";
import { createLedger } from "../../lib/aws/dynamodb/ledger.ts";
import { type Archive, createArchive } from "../../lib/aws/s3-archive.ts";
import type { Stream } from "../../lib/core/stream.ts";
import type { ReportRecord } from "../../lib/decisions/report-record.ts";
import { collectFindings, verifyBundle } from "../../lib/evidence/verify/verify.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import type { Order } from "../../lib/orders/order.ts";
import { personOf } from "../../lib/safeguards/identity.ts";
import type { CallbackRecord } from "../live/callbacks.ts";
import type { EncoderEvent } from "../live/encoders.ts";
import type { FaultInput } from "../live/faults.ts";
import type { Simulator } from "../live/simulator-types.ts";
import type { Alert } from "./alerts.ts";
import { auditKeySecret } from "./audit-key.ts";
import { postReport, type SignedReport, signReport } from "./send-report.ts";
import { AUDIT_KEY, PUSH_KEY, PUSH_SOURCE, SOURCE, SOURCE_SECRET, type World } from "./world.ts";

const PATIENCE_MS = 10_000;
/** Time limit for events of the simulator; generous, because the machine may be busy. */
export const SOON_MS = 2_000;
const POLL_MS = 25;
const RECONNECT_MS = 600;

export interface Scene {
  readonly world: World;
  readonly simulator: Simulator;
  readonly ledger: Ledger;
  readonly stream: Stream;
  /** Accepted reports, in order. */
  readonly reports: SignedReport[];
  /** Settings that a broken step changes. */
  readonly sender: { source: string; secret: string; forgedSecret: string; asNew: boolean; pushKey: string };
  operator: { dryRun?: boolean };
  /** Number of the last encoder event that a step has read. */
  seen: number;
  /** The summary of the last audit. */
  audited: Extract<AuditSummary, { written: true }> | undefined;
  /** The scene of a second stream, about whose pushes Live calls back. */
  republishing: Scene | undefined;
  /** Reads the alerts that people got, if somebody listens already. */
  hear: (() => Promise<Alert[]>) | undefined;
}

/**
 * @param stream - a new stream; an encoder pushes it, and reconnects after each cut.
 * @param reconnectAfterMs - from a cut to the next push.
 */
export function openScene(
  world: World,
  simulator: Simulator,
  stream: Stream,
  reconnectAfterMs: number = RECONNECT_MS,
): Scene {
  const seen = simulator.events().at(-1)?.seq ?? 0;
  simulator.addEncoders([{ ...stream, reconnectAfterMs }]);
  return {
    world,
    simulator,
    ledger: createLedger(world.stack.clients.dynamo, world.stack.table),
    stream,
    reports: [],
    sender: { source: SOURCE, secret: SOURCE_SECRET, forgedSecret: FOREIGN_SECRET, asNew: false, pushKey: PUSH_KEY },
    operator: {},
    seen,
    audited: undefined,
    republishing: undefined,
    hear: undefined,
  };
}

export const clock = (time: string): string => time.slice(11, 23);

/** A key that the source does not have. */
export const FOREIGN_SECRET = `whsec_${Buffer.from("a key that the source does not have").toString("base64")}`;

export const readEvent = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(import.meta.dirname, `../../events/${name}.json`), "utf8"));

/** The sample report, for this scene's stream, occurred now. */
export const signedReport = async ({ stream }: Scene, secret: string): Promise<SignedReport> =>
  signReport({ ...(await readEvent("report-nudity")), stream, occurredAt: new Date().toISOString() }, secret);

/** Sends a report, and returns the response as text. */
export async function sendReport(scene: Scene): Promise<string> {
  const { sender, world, reports } = scene;
  const signed = await signedReport(scene, sender.secret);
  const startedAt = performance.now();
  const answer = await postReport(world.stack.gatewayUrl, sender.source, signed);
  expectThat(answer.status === 202, "the answer is 202", answer);
  reports.push(signed);
  return `202 in ${Math.round(performance.now() - startedAt)} ms, ${signed.id}`;
}

/** Each request has an id of its own, because samples are sent more than once. */
export const incident = async ({ world }: Pick<Scene, "world">, event: object): Promise<OperatorResponse> =>
  (await world.stack.invoke("incident", { ...event, id: randomUUID() })) as OperatorResponse;

/** Waits until the scene's report of this index has ended. */
export const endedReport = ({ ledger, reports }: Scene, index: number): Promise<ReportRecord> =>
  until("the report's outcome is in the ledger", async () => {
    const record = await ledger.readReport(`${SOURCE}#${reports[index]?.id}`);
    return record?.outcome === undefined ? undefined : record;
  });

/** Checks that the scene's first report has paused its stream, and that the push is cut. */
export async function pausedByRule(scene: Scene): Promise<string> {
  const { outcome, decision } = await endedReport(scene, 0);
  const isTaken = outcome === "accepted" || outcome === "verified"; // verified as soon as Live reports the end of the push
  expectThat(isTaken && decision.action === "pause", "Live accepted a pause", { outcome, decision });
  return `rule ${decision.rule}; the push was cut at ${clock((await nextEvent(scene, "cut", SOON_MS)).time)}`;
}

/** Waits for the next event of this kind of the scene's encoder, after the last event that was read. */
export async function nextEvent(
  scene: Scene,
  kind: EncoderEvent["kind"],
  patienceMs = PATIENCE_MS,
): Promise<EncoderEvent> {
  const { app, stream } = scene.stream;
  const isIt = (each: EncoderEvent) => each.kind === kind && each.app === app && each.stream === stream;
  const look = async () => scene.simulator.events(scene.seen).find(isIt);
  const event = await until(`the encoder's event "${kind}" is in Live's log`, look, patienceMs);
  scene.seen = event.seq;
  return event;
}

export const fault = ({ simulator }: Scene, method: string, path: string, what: FaultInput): void => {
  simulator.addFault({ ...what, match: { method, path } });
};

/** Makes Live call the stack back about every push to the scene's ingest domain. */
export const tellOfPushes = ({ simulator, world, stream, sender }: Scene): void =>
  simulator.changeSettings({
    notifications: [
      {
        domain: stream.domain,
        url: `${world.stack.gatewayUrl}/reports/${PUSH_SOURCE}`,
        authSignKey: sender.pushKey,
      },
    ],
  });

/** Waits for Live's first callback about this push. */
export const toldOf = ({ simulator, stream }: Scene, push: EncoderEvent): Promise<CallbackRecord> =>
  until("Live has called back about the push", async () =>
    simulator
      .callbacks()
      .find(
        (each) =>
          each.event === "PUBLISH" &&
          each.app === stream.app &&
          each.stream === stream.stream &&
          (each.sentAt ?? "") >= push.time,
      ),
  );

/** Waits until the stream's order of this number has ended. */
export const endedOrder = ({ ledger, stream }: Scene, number: number): Promise<Order> =>
  until(`order ${number} has an outcome in the ledger`, async () =>
    (await ledger.recentOrders(stream)).find((order) => order.number === number && order.outcome !== undefined),
  );

/** Resets the used action limits. Runs of the story within a minute stand for evenings that are hours apart. */
export async function giveLimitsBack({ world: { stack } }: Scene): Promise<void> {
  const taken = [
    { pk: "LIMITS", sk: "TAKEN" },
    { pk: "OPERATOR#ALONE", sk: `TAKEN#${personOf("ana@example.com")}` },
  ];
  for (const Key of taken) await stack.clients.dynamo.send(new DeleteCommand({ TableName: stack.table, Key }));
}

/** The archive, as a verifier reads it. */
const archiveOf = ({ world: { stack } }: Scene): Archive => createArchive(stack.clients.s3, stack.bucket);

/** Verifies the whole archive with the public key and the head that the audit returned. */
export async function verifiedChain(scene: Scene): Promise<{ readonly faults: readonly string[] }> {
  const { publicKey, head } = {
    publicKey: parseAuditKeys(auditKeySecret(AUDIT_KEY)).current,
    head: scene.audited?.sha256,
  };
  const { findings } = await collectFindings(verifyBundle(archiveOf(scene), { publicKey, head }));
  return { faults: findings.map(({ kind, object }) => `${kind} ${object}`) };
}

/** The stored snapshot of the scene's ingest domain: object name and bytes. */
export async function storedSnapshot(scene: Scene): Promise<{ object: string; bytes: Uint8Array }> {
  const object = scene.audited?.snapshots.find(({ domain }) => domain === scene.stream.domain)?.object ?? "";
  return { object, bytes: (await archiveOf(scene).read(object)) ?? new Uint8Array() };
}

/** Writes at Live, and reports in the ledger. A duplicate must not add to them. */
export async function effects({ world: { stack }, simulator }: Scene): Promise<{ writes: number; reports: number }> {
  const { Items = [] } = await stack.clients.dynamo.send(new ScanCommand({ TableName: stack.table }));
  return {
    writes: simulator.calls().filter(({ method }) => method !== "GET").length,
    reports: Items.filter(({ pk }) => String(pk).startsWith("REPORT#")).length,
  };
}

/** Resolves when a worker logs that it has handled a message with such a key, `source#id`. Call it before sending. */
export function handled({ world: { stack } }: Scene, isIt: (key: string) => boolean): Promise<Record<string, unknown>> {
  const lines: Record<string, unknown>[] = [];
  const stop = stack.onLog(({ record }) => {
    const message = record?.message;
    if (typeof message === "object" && message !== null && "key" in message) lines.push({ ...message });
  });
  return until("the worker has handled the message", async () => lines.find(({ key }) => isIt(String(key)))).finally(
    stop,
  );
}

/** Polls until there is a result; fails after the time limit. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, patienceMs = PATIENCE_MS): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > giveUpAt) throw new Error(`not within ${patienceMs / 1_000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export function expectThat(holds: boolean, what: string, seen: unknown): asserts holds {
  if (!holds) throw new Error(`expected that ${what}; saw ${JSON.stringify(seen)}`);
}

export interface Step {
  readonly name: string;
  /** The step's claim. */
  readonly title: string;
  /** Live has no part in it. */
  readonly isWithoutLive?: true;
  /** Name of the earlier step before which the fault is set, because the step looks at what happened before it. */
  readonly brokenFrom?: string;
  /** Plays the step and returns what it observed; throws if the claim does not hold. */
  play(scene: Scene): Promise<string>;
  /** Makes the claim fail, by a fault outside the functions. */
  sabotage(scene: Scene): void | Promise<void>;
}
