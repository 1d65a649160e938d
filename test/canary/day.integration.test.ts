/** A day with a canary every hour, and the same day without one: limits and figures are the same, and wherever the canary is seen it is marked. */
import { expect, it } from "@jest/globals";
import type { AuditManifest } from "../../lib/archive/manifest.ts";
import type { AuditResult } from "../../lib/audit/audit.ts";
import { metricsOfAudit } from "../../lib/audit/audit-summary.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { HOUR_MS, MINUTE_MS, toSecondsUtc } from "../../lib/core/time.ts";
import { listOff } from "../../lib/operator/actions/list.ts";
import type { LiveActions } from "../../lib/orders/execute-order.ts";
import { DOMAIN, useAuditWorld } from "../support/audit-world.ts";
import { NOON, policy, weaponsReport } from "../support/fixtures.ts";
import { createCanaryWorld } from "./canary-world.ts";

const audits = useAuditWorld();
const HOURS = 24;

/** The worker's Live: the one that the audits list. */
const live: LiveActions = {
  pause: async () => ({}),
  disable: async (stream, resumeTime) => {
    audits.live.addDisabled([{ ...stream, resume_time: toSecondsUtc(resumeTime) }]);
    return {};
  },
  update: async (stream, resumeTime) => {
    audits.live.removeDisabled(stream);
    return live.disable(stream, resumeTime, { sendBy: resumeTime });
  },
  enable: async (stream) => {
    audits.live.removeDisabled(stream);
    return {};
  },
  pushPeriods: async () => [],
  findDisabled: async (stream: Stream) => {
    const entry = audits.live.state().disabled.find((each) => streamKey(each) === streamKey(stream));
    return entry && { resumeTime: entry.resume_time };
  },
};

function openDay() {
  const clock = {
    get ms() {
      return audits.clock;
    },
    set ms(ms: number) {
      audits.clock = ms;
    },
  };
  const world = createCanaryWorld({ policy, live, clock });
  const streams: Stream[] = [world.stream];
  /** The orders and reports as an audit exports them. */
  async function exportAll(reportKeys: Iterable<string>): Promise<void> {
    audits.ledger.length = 0;
    audits.others.length = 0;
    for (const stream of streams) {
      for (const order of await world.ledger.recentOrders(stream)) {
        audits.ledger.push({ at: order.endedAt ?? order.placedAt, order });
      }
    }
    for (const key of reportKeys) {
      const report = await world.ledger.readReport(key);
      if (report) audits.others.push({ kind: "report", at: report.closedAt ?? report.decidedAt, report });
    }
  }
  return { world, streams, exportAll };
}

/** One report of a person's harm every hour at ten past, and the canary at half past if the stage has it. */
async function play(canary: "on" | "off") {
  const { world, streams, exportAll } = openDay();
  await world.ledger.writeMode({ mode: "enforce", changedBy: "ana", reason: "t", changedAt: NOON.toISOString() });
  const keys = new Set<string>();
  const results: AuditResult[] = [];
  for (let hour = 0; hour < HOURS; hour += 1) {
    audits.clock = NOON.getTime() + hour * HOUR_MS + 10 * MINUTE_MS;
    const at = new Date(audits.clock).toISOString();
    const stream = { domain: DOMAIN, app: "live", stream: `room-${hour}` };
    const report = weaponsReport({ id: `msg_${hour}`, category: "csam", stream, occurredAt: at, receivedAt: at });
    streams.push(stream);
    keys.add(`standard#msg_${hour}`);
    world.queue.push({ kind: "reports", reports: [report] });
    await world.deliver();
    audits.clock = NOON.getTime() + hour * HOUR_MS + 30 * MINUTE_MS;
    if (canary === "on") {
      const { id, ...result } = await world.run();
      expect(result).toMatchObject({ result: "arrived" });
      keys.add(`canary#${id}`);
    }
    await exportAll(keys);
    results.push(await audits.audit(hour + 1, { canary: world.stream }));
  }
  const manifests: AuditManifest[] = [];
  for (let number = 1; number <= HOURS; number += 1) manifests.push(await audits.manifest(number));
  return { world, results, manifests, taken: await world.ledger.changeTaken((answer) => ({ answer })) };
}

/** What a manifest says in numbers, without hashes, sizes and the count of exported items. */
const numbersOf = ({ snapshots, findings, figures, expected }: AuditManifest) => ({
  ...{ figures, expected: expected?.count },
  snapshots: snapshots.map(({ domain, count, canary, complete }) => ({ domain, count, canary, complete })),
  findings: findings && { ...findings, object: "", sha256: "", bytes: 0 },
});

/** The numbers of the page's tiles. */
const tilesOf = (html: string) => [...html.matchAll(/<dd>([^<]+) <small>/g)].map(([, value]) => value);

const htmlOf = (manifest: AuditManifest | undefined) =>
  Buffer.from(audits.storage.read(audits.bucket, manifest?.page?.object ?? "") ?? []).toString();

it("changes no limit, figure, metric or number of the page, and is marked in the events", async () => {
  const without = await play("off");
  const page = htmlOf(without.manifests.at(-1));
  audits.reopen();
  const withCanary = await play("on");
  expect(withCanary.world.results).toHaveLength(HOURS);
  expect(withCanary.manifests.map(numbersOf)).toEqual(without.manifests.map(numbersOf));
  expect(withCanary.results.map(metricsOfAudit)).toEqual(without.results.map(metricsOfAudit));
  expect(withCanary.taken).toEqual(without.taken);
  expect(withCanary.world.metrics()).toEqual(without.world.metrics());
  expect(withCanary.world.metrics()).toEqual({ OrdersDone: HOURS, TimeToOff: 0 });
  const withPage = htmlOf(withCanary.manifests.at(-1));
  expect(tilesOf(page)).toContain(String(HOURS));
  expect(tilesOf(withPage)).toEqual(tilesOf(page));
  expect(page).not.toContain("rule canary");
  expect(withPage).toContain("rule canary"); // under "Done since the last audit"

  const events = withCanary.manifests.flatMap(({ events }) => audits.lines(events?.object));
  const ofCanary = events.filter((line) => JSON.stringify(line).includes("offair-canary"));
  expect(ofCanary).toHaveLength(3 * HOURS); // a report, a disable and an enable
  for (const line of ofCanary) {
    const mark = { source: "canary" };
    expect(line).toMatchObject(line.kind === "report" ? { report: { report: mark } } : { order: { authority: mark } });
  }
  expect(await audits.verify()).toEqual([]);
});

it("is in a snapshot that is taken during a run, marked in the row, the manifest, the page and the operator's list, and is no drift", async () => {
  const { world, exportAll } = openDay();
  await world.ledger.writeMode({ mode: "enforce", changedBy: "ana", reason: "t", changedAt: NOON.toISOString() });
  audits.live.addDisabled([{ domain: DOMAIN, app: "live", stream: "of-others", resume_time: "2026-12-01T00:00:00Z" }]);
  let result: AuditResult | undefined;
  let listed: Awaited<ReturnType<typeof listOff>> | undefined;
  const run = world.run({
    sleep: async () => {
      await world.deliver();
      if (result) return;
      await exportAll([]);
      result = await audits.byPerson({ canary: world.stream });
      const rows = audits.live
        .state()
        .disabled.map(({ resume_time, ...stream }) => ({ ...stream, resumeTime: resume_time }));
      listed = await listOff(
        { action: "list", reason: "t", requestedBy: "ana", domain: DOMAIN },
        {
          ...{ ledger: world.ledger, policy, now: () => new Date(audits.clock) },
          listDisabled: async function* () {
            yield { rows, total: rows.length };
          },
        },
      );
    },
  });
  expect(await run).toMatchObject({ result: "arrived" });
  if (!result?.written) throw new Error("there is no audit");
  const { manifest } = result;
  const [snapshot] = manifest.snapshots;
  expect(snapshot).toMatchObject({ domain: DOMAIN, count: 2, canary: 1, complete: true });
  expect(audits.lines(snapshot?.object)).toEqual([
    expect.objectContaining({ stream: "of-others" }),
    expect.objectContaining({ stream: "offair-canary", reserved: "canary" }),
  ]);
  expect(audits.lines(snapshot?.object)[0]).not.toHaveProperty("reserved");
  expect(manifest.figures).toMatchObject({ reasons: [], otherReasons: 0, notByOffair: 1, notAttributed: 0 });
  expect(manifest.findings?.drift).toMatchObject({ unexpected: 1, missing: 0 }); // the other one
  const html = htmlOf(manifest);
  expect(/<b>canary<\/b>: [^\n]*rule canary/.test(html)).toBe(true);
  expect(tilesOf(html)[0]).toBe("1");
  expect(/the canary[^ ]+ stream is not counted/.test(html)).toBe(true);
  expect(listed?.results).toEqual([
    expect.objectContaining({ order: null }),
    expect.objectContaining({
      order: expect.objectContaining({ canary: true, reason: expect.stringMatching(/^canary/) }),
    }),
  ]);
  expect(await audits.verify()).toEqual([]);
});
