/**
 * The story of the demo, from the first report to a harmless duplicate, played on the running stack. Each step
 * checks its claim at Live, in the ledger or in the archive, and has a fault that makes it fail, to show that the check works.
 */
import { gunzipSync } from "node:zlib";
import type { AuditSummary } from "../../lib/audit/audit-summary.ts";
import {
  clock,
  effects,
  endedReport,
  expectThat,
  FOREIGN_SECRET,
  fault,
  handled,
  incident,
  nextEvent,
  pausedByRule,
  readEvent,
  SOON_MS,
  type Step,
  sendReport,
  signedReport,
  storedSnapshot,
  verifiedChain,
} from "./scene.ts";
import { postReport } from "./send-report.ts";
import { EVENT_STEPS } from "./story-events.ts";
import { REPUBLISH_STEPS } from "./story-republish.ts";
import { SILENCE_STEPS } from "./story-silence.ts";
import { SOURCE } from "./world.ts";

/** The path of one report, as `npm start` plays it. */
export const FIRST_STEPS: readonly Step[] = [
  {
    name: "enforce",
    title: "an operator sets the mode to enforce; a first deployment only observes",
    async play(scene) {
      const answer = await incident(scene, { ...(await readEvent("incident-mode")), ...scene.operator });
      expectThat(answer.mode?.mode === "enforce", "the mode is enforce", answer);
      return `mode ${answer.mode.mode}, changed by ${answer.mode.changedBy}: ${answer.mode.reason}`;
    },
    sabotage(scene) {
      scene.operator = { dryRun: true };
    },
  },
  {
    name: "report",
    title: "a signed report is accepted",
    play: sendReport,
    sabotage({ sender }) {
      sender.secret = FOREIGN_SECRET;
    },
  },
  {
    name: "paused",
    title: "the worker pauses the stream",
    play: pausedByRule,
    sabotage: (scene) => fault(scene, "POST", "stream/block-once", { kind: "ignore-write" }),
  },
  {
    name: "reconnected",
    title: "the encoder reconnects by itself",
    play: async (scene) => `pushing again at ${clock((await nextEvent(scene, "reconnected", SOON_MS)).time)}`,
    sabotage(scene) {
      scene.simulator.removeEncoders(scene.stream);
      scene.seen = scene.simulator.events(scene.seen).at(-1)?.seq ?? scene.seen; // a slow machine may have let it reconnect already
    },
  },
];

export const STEPS: readonly Step[] = [
  ...FIRST_STEPS,
  {
    name: "second-report",
    title: "the stream is reported again",
    play: sendReport,
    sabotage({ sender }) {
      sender.source = "nobody";
    },
  },
  {
    name: "disabled",
    title: "this time the worker disables it, and verifies that at Live",
    async play(scene) {
      const { outcome, decision } = await endedReport(scene, 1);
      const isDisabled = outcome === "verified" && decision.action === "disable";
      expectThat(isDisabled, "the disable is verified", { outcome, decision });
      await nextEvent(scene, "cut");
      const refused = await nextEvent(scene, "refused");
      return `off until ${decision.resumeTime}; the encoder was refused at ${clock(refused.time)}`;
    },
    sabotage: (scene) => fault(scene, "POST", "stream/blocks", { kind: "ignore-write" }),
  },
  ...EVENT_STEPS,
  {
    name: "listed",
    title: "an operator lists what is off, and why",
    async play(scene) {
      const { domain, stream } = scene.stream;
      const answer = await incident(scene, { ...(await readEvent("incident-list")), domain });
      const row = answer.results.find((each) => each.stream.stream === stream);
      expectThat(answer.ok && row?.order?.reason !== undefined, "the list shows the stream and its reason", answer);
      return `${row.order.reason}; by ${row.order.by}; Live's total: ${answer.totals?.[domain]}`;
    },
    sabotage: (scene) => fault(scene, "GET", "stream/blocks", { kind: "status", status: 500, code: "LIVE.100011005" }),
  },
  {
    name: "audit",
    title: "an audit lists every ingest domain, and finds no difference between Live and the ledger",
    async play(scene) {
      const { stack } = scene.world;
      let answer = (await stack.runSchedule()) as AuditSummary;
      // If an earlier run of this hour has written the scheduled audit, run an audit of this moment.
      if (!answer.written) answer = (await stack.invoke("audit", {})) as AuditSummary;
      expectThat(answer.written, "the audit has an entry in the chain", answer);
      scene.audited = answer;
      const { number, snapshots, findings, lacks } = answer;
      const mine = snapshots.find(({ domain }) => domain === scene.stream.domain);
      expectThat(mine?.complete === true && mine.count > 0, "the snapshot is complete and not empty", answer);
      const { missing, unexpected, outlived } = findings?.drift ?? {};
      expectThat(
        lacks.length === 0 && missing === 0 && unexpected === 0 && outlived === 0,
        "there is no drift",
        answer,
      );
      const lists = snapshots.map(({ domain, count, because }) => `${domain}: ${count} off, complete (${because})`);
      return `${lists.join("; ")}; no drift; entry ${number} of the chain`;
    },
    sabotage: (scene) => fault(scene, "GET", "stream/blocks", { kind: "half-json" }),
  },
  {
    name: "read-back",
    title: "the archive is verified with the key alone, and the stream is in it",
    async play(scene) {
      const { faults } = await verifiedChain(scene);
      expectThat(faults.length === 0, "the chain and all its objects are intact", faults);
      const { object, bytes } = await storedSnapshot(scene);
      const rows = gunzipSync(bytes).toString();
      expectThat(rows.includes(JSON.stringify(scene.stream.stream)), "the stream is in the snapshot", rows);
      return `${object}; every object is as the chain says, up to head ${scene.audited?.sha256.slice(0, 12)}…`;
    },
    async sabotage(scene) {
      const { object, bytes } = await storedSnapshot(scene);
      const { storage, bucket } = scene.world.stack;
      storage.overwrite(bucket, object, Buffer.concat([bytes, Buffer.from([0])]));
    },
  },
  {
    name: "enabled",
    title: "the operator enables it again",
    async play(scene) {
      const answer = await incident(scene, { ...(await readEvent("incident-enable")), streams: [scene.stream] });
      expectThat(answer.ok && answer.results[0]?.outcome === "verified", "the order is verified", answer);
      const back = await nextEvent(scene, "reconnected");
      return `${answer.orderId} is verified; pushing again at ${clock(back.time)}`;
    },
    sabotage: (scene) =>
      fault(scene, "DELETE", "stream/blocks", { kind: "status", status: 403, code: "LIVE.103011016" }),
  },
  {
    name: "bad-signature",
    title: "a report with a wrong signature is refused",
    async play(scene) {
      const forged = await signedReport(scene, scene.sender.forgedSecret);
      const answer = await postReport(scene.world.stack.gatewayUrl, SOURCE, forged);
      expectThat(answer.status === 401 && answer.type === "application/problem+json", "it is refused with 401", answer);
      const { detail }: { detail: string } = JSON.parse(answer.text);
      return `401: ${detail}`;
    },
    sabotage({ sender }) {
      sender.forgedSecret = sender.secret; // the forger has the source's key
    },
  },
  {
    name: "duplicate",
    title: "the first report is sent again, and has no effect",
    async play(scene) {
      const [first] = scene.reports;
      if (!first) throw new Error("there was no first report");
      const before = await effects(scene);
      const again = scene.sender.asNew ? await signedReport(scene, scene.sender.secret) : first;
      const done = handled(scene, (key) => key === `${SOURCE}#${again.id}`);
      const answer = await postReport(scene.world.stack.gatewayUrl, SOURCE, again);
      expectThat(answer.status === 202, "it is accepted", answer);
      const { outcome } = await done;
      const after = await effects(scene);
      expectThat(JSON.stringify(before) === JSON.stringify(after), "nothing was added", { before, after, outcome });
      return `202; it had ended as ${outcome}: no call to Live, no new entry`;
    },
    sabotage({ sender }) {
      sender.asNew = true; // the same text with a new id is a new report
    },
  },
  ...REPUBLISH_STEPS,
  ...SILENCE_STEPS,
];
