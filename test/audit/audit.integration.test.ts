import { describe, expect, it, jest } from "@jest/globals";
import { snapshotName } from "../../lib/archive/object-names.ts";
import type { AuditDeps } from "../../lib/audit/audit.ts";
import { logAudit, summarise } from "../../lib/audit/audit-summary.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { sha256Hex } from "../../lib/core/sha256.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, toSecondsUtc } from "../../lib/core/time.ts";
import type { ReportRecord } from "../../lib/decisions/report-record.ts";
import type { Order } from "../../lib/orders/order.ts";
import { DOMAIN, OTHER, useAuditWorld } from "../support/audit-world.ts";
import { keysOf } from "../support/chain.ts";
import { NOON, weaponsReport } from "../support/fixtures.ts";

const world = useAuditWorld();
const named = (stream: string, domain = DOMAIN) => ({ domain, app: "live", stream });
const at = (ms: number): string => new Date(NOON.getTime() + ms).toISOString();
const LATER = toSecondsUtc(new Date(NOON.getTime() + 7 * DAY_MS));

/** Of a rule, verified, a day before noon. */
const order = (stream: string, number: number, given: Partial<Order> = {}): Order => ({
  ...{ stream: named(stream), number, action: "disable", resumeTime: LATER, outcome: "verified", attempts: [] },
  ...{ reason: "csam 0.9 reported by standard", placedAt: at(-DAY_MS), endedAt: at(-DAY_MS) },
  authority: { kind: "rule", cause: `standard#${stream}`, source: "standard", rule: "severe", policy: "hash" },
  ...given,
});
const enable = (stream: string, number: number, given: Partial<Order> = {}): Order => {
  const { resumeTime: _, ...base } = order(stream, number, given);
  return { ...base, action: "enable" };
};
const record = (each: Order, changedAt = each.endedAt ?? each.placedAt) =>
  void world.ledger.push({ at: changedAt, order: each });
/** At Live alone. */
const block = (stream: string, resume_time: string | null = LATER, domain = DOMAIN) =>
  world.live.addDisabled([{ ...named(stream, domain), resume_time }]);
/** At Live, by an order of ours. */
function disabled(stream: string, given: Partial<Order> = {}): void {
  const placed = order(stream, 1, given);
  record(placed);
  block(stream, placed.resumeTime ?? null);
}
const findingsOf = async (number: number) =>
  world.lines((await world.manifest(number)).findings?.object).map(({ kind, stream }) => `${kind} ${stream}`);
const failing = (code: "ERR_LEDGER" | "ERR_LIVE_UNAVAILABLE") => () => {
  throw new OffairError(code, "a fault of the test");
};
const ledgerAway: Partial<AuditDeps> = {
  // biome-ignore lint/correctness/useYield: it fails before its first event
  async *exportEvents() {
    failing("ERR_LEDGER")();
  },
  recentOrders: async () => failing("ERR_LEDGER")(),
};
const objects = () => world.storage.keys(world.bucket);

describe("an audit", () => {
  it("stores a list of each domain, events, what is expected, findings and a page, named by the slot, and a link that names them", async () => {
    disabled("room-1");
    expect(await world.audit(0)).toMatchObject({ written: true, number: 1, drift: [] });
    expect(objects()).toEqual([
      "events/dt=2026-11-21/120000Z.ndjson.gz",
      "expected/dt=2026-11-21/120000Z.ndjson.gz",
      "findings/dt=2026-11-21/120000Z.ndjson.gz",
      "manifests/0000000001.json",
      "pages/dt=2026-11-21/120000Z.html",
      "snapshots/domain=push.example.com/dt=2026-11-21/120000Z.ndjson.gz",
      "snapshots/domain=push.example.org/dt=2026-11-21/120000Z.ndjson.gz",
    ]);
    const manifest = await world.manifest(1);
    expect(manifest).toMatchObject({
      ...{ kind: "audit", slot: NOON.toISOString(), scheduled: true, previous: null },
      snapshots: [
        { domain: DOMAIN, count: 1, complete: true, because: "two-passes-agree" },
        { domain: OTHER, count: 0, complete: true },
      ],
      events: { count: 1, until: at(-5 * MINUTE_MS) },
      expected: { count: 1, until: at(-5 * MINUTE_MS) },
      figures: { reasons: [{ reason: "csam reported by standard", count: 1 }], otherReasons: 0 },
    });
    expect(manifest).not.toHaveProperty("lacks");
    expect(world.lines(manifest.snapshots[0]?.object)).toMatchObject([{ ...named("room-1"), resumeTime: LATER }]);
    expect(world.lines(manifest.events?.object)).toMatchObject([{ kind: "order", order: { number: 1 } }]);
    expect(world.lines(manifest.expected?.object)).toMatchObject([{ ...named("room-1"), number: 1 }]);
  });

  it.each([
    { listedAtOnce: 1, most: 1, rounds: [5, 4, 3, 2, 1] },
    { listedAtOnce: 2, most: 2, rounds: [3, 2, 2, 1, 1] },
    { listedAtOnce: 8, most: 5, rounds: [1, 1, 1, 1, 1] },
  ])("reads $most lists at once with $listedAtOnce users, each page by page, and stores the same", async (given) => {
    const { listedAtOnce, most, rounds } = given;
    const domains = Array.from({ length: 5 }, (_, index) => `push-${index}.example.com`);
    const shares: number[] = [];
    const reading = new Set<string>();
    let seenAtOnce = 0;
    async function* listDisabled(domain: string) {
      for (const page of [0, 1]) {
        expect(reading.has(domain)).toBe(false);
        reading.add(domain);
        seenAtOnce = Math.max(seenAtOnce, reading.size);
        await new Promise(setImmediate);
        reading.delete(domain);
        yield { rows: page === 0 ? [{ ...named("room-1", domain), resumeTime: LATER }] : [], total: 1 };
      }
    }
    const patience = { sleep: async () => {}, random: () => 0, timeIsUp: () => false };
    const listing = (share: number) => {
      shares.push(share);
      return { listDisabled, now: () => new Date(world.clock), ...patience };
    };
    await world.audit(0, { domains, listedAtOnce, listing });
    expect([seenAtOnce, shares]).toEqual([most, rounds]);
    const { snapshots } = await world.manifest(1);
    expect(snapshots).toMatchObject(domains.map((domain) => ({ domain, count: 1, complete: true })));
    expect(snapshots.map(({ object }) => world.lines(object))).toMatchObject(
      domains.map((domain) => [{ ...named("room-1", domain), resumeTime: LATER }]),
    );
    expect((await world.verify()).filter((finding) => !finding.startsWith("incomplete"))).toEqual([]);
  });

  it("is verified by anybody with the key, also after missed hours and a person's audit in between", async () => {
    disabled("room-1");
    await world.audit(0);
    world.clock += 10 * MINUTE_MS;
    expect(await world.byPerson()).toMatchObject({ written: true, number: 2, manifest: { scheduled: false } });
    expect(await world.audit(3)).toMatchObject({ written: true, number: 5 });
    expect(await world.entry(3)).toMatchObject({ kind: "missed", slot: at(HOUR_MS) });
    expect(await world.entry(4)).toMatchObject({ kind: "missed", slot: at(2 * HOUR_MS) });
    expect(await world.verify()).toEqual([
      "incomplete manifests/0000000003.json",
      "incomplete manifests/0000000004.json",
    ]);
    const [first, second, third] = [await world.manifest(1), await world.manifest(2), await world.manifest(5)];
    expect(second.events?.from).toBe(first.events?.until);
    expect(third.events?.from).toBe(second.events?.until);
    expect(third.expected?.count).toBe(1);
  });

  it("shows on its page the hours that it found missed, and the key that it changed", async () => {
    await world.audit(0);
    await world.audit(3, { keys: keysOf(2, 1) });
    const page = Buffer.from((await world.archive.read("pages/dt=2026-11-21/150000Z.html")) ?? "").toString();
    expect(page).toContain("2 scheduled hours were missed in the time shown");
    expect(page).toContain("2 hours complete, 0 incomplete, 2 missed");
    expect(page).not.toContain("not in the time shown</dd>");
  });

  it("counts what was renewed, or came back, with what it was first disabled for", async () => {
    disabled("room-1");
    disabled("room-2", { reason: "about to expire, renewed after order 3: csam 0.8 reported by standard" });
    const again =
      "missing at Live, disabled again after order 2: re-published (1) after order 1: csam 0.9 reported by standard";
    disabled("room-3", { reason: again });
    await world.audit(0);
    const reasons = [{ reason: "csam reported by standard", count: 3 }];
    expect(await world.manifest(1)).toMatchObject({ figures: { reasons, otherReasons: 0 } });
  });

  it("takes the ledger up where the last one left it, however long ago that was", async () => {
    await world.audit(0);
    world.clock += 40 * DAY_MS;
    record(order("room-1", 1), at(5 * DAY_MS));
    expect(await world.byPerson()).toMatchObject({ written: true, number: 2 });
    const { events, findings } = await world.manifest(2);
    expect(events).toMatchObject({ from: at(-5 * MINUTE_MS), count: 1 });
    expect(findings).toMatchObject({ disabled: 0 });
  });

  it("says in the archive what the objects are", async () => {
    await world.audit(0);
    expect(await world.typeOf("pages/dt=2026-11-21/120000Z.html")).toEqual(["text/html; charset=utf-8", undefined]);
    expect(await world.typeOf("events/dt=2026-11-21/120000Z.ndjson.gz")).toEqual(["application/x-ndjson", "gzip"]);
  });

  it("holds names as they are, whatever is in them", async () => {
    const hostile = ["a\nb", "\u0000\u001b[31m", "\u2028", '","kind":"missing","x":"', "😀", "a/*", "..", "%2F", " "];
    for (const name of hostile) block(name);
    const result = await world.audit(0);
    expect(result).toMatchObject({ manifest: { findings: { drift: { unexpected: hostile.length } } } });
    const { findings } = await world.manifest(1);
    expect(
      world
        .lines(findings?.object)
        .map(({ stream }) => stream)
        .sort(),
    ).toEqual([...hostile].sort());
  });
});

describe("a list that is not as documented", () => {
  it("is stored without its odd rows, as incomplete, and the answer and the link name them", async () => {
    block("room-1");
    block("room-2");
    const rows = [{ app_name: "live", stream_name: "odd", resume_time: "soon" }, { stream_name: "no-app" }, null];
    world.live.addFault({ kind: "odd-list", rows, match: { domain: DOMAIN } });
    const result = await world.audit(0);
    const reason = { complete: false, because: "rows-unreadable", count: 2, unreadable: { count: expect.any(Number) } };
    expect(summarise(result)).toMatchObject({ snapshots: [reason, { complete: true }] });
    const { snapshots } = await world.manifest(1);
    expect(snapshots[0]).toMatchObject(reason);
    expect(snapshots[0]?.unreadable?.first.slice(0, 3)).toEqual([
      expect.stringContaining("live/odd: /resume_time"),
      expect.stringContaining("?/no-app: /app_name"),
      expect.stringContaining("?/?: the whole"),
    ]);
    expect(world.lines(snapshots[0]?.object).map(({ stream }) => stream)).toEqual(["room-1", "room-2"]);
    expect(await world.verify()).toEqual([`incomplete ${snapshots[0]?.object}`]);
  });

  it("is complete without a total, and where its pages have fewer rows than asked for", async () => {
    for (let index = 0; index < 12; index++) block(`room-${index}`);
    world.live.changeSettings({ maxPageRows: 5, switches: { total: "page" } });
    await world.audit(0);
    world.live.addFault({ kind: "odd-list", total: null });
    await world.audit(1);
    for (const number of [1, 2]) {
      expect((await world.manifest(number)).snapshots[0]).toMatchObject({ complete: true, count: 12 });
    }
    world.live.changeSettings({ maxPageRows: null, switches: { total: "all" } });
  });

  it("names code and status of what ended it, in the answer, the log and the link", async () => {
    const log = jest.spyOn(console, "info").mockImplementation(() => {});
    world.live.addFault({ kind: "status", status: 403, code: "APIGW.0302", match: { domain: DOMAIN } });
    world.live.addFault({ kind: "status", status: 403, code: null, match: { domain: OTHER } });
    const result = await world.audit(0);
    const errors = [{ error: "APIGW.0302 (HTTP 403)" }, { error: "ERR_LIVE_REJECTED (HTTP 403)" }];
    expect(summarise(result)).toMatchObject({ snapshots: errors });
    logAudit(result);
    expect(log).toHaveBeenLastCalledWith(
      expect.objectContaining({
        event: "audit.stored",
        snapshots: errors.map((each) => expect.objectContaining(each)),
      }),
    );
    expect((await world.manifest(1)).snapshots).toMatchObject(errors);
  });

  it("is read again where a proxy answers in Live's place", async () => {
    block("room-1");
    world.live.addFault({ kind: "not-json", times: 3, match: { domain: DOMAIN } });
    await world.audit(0);
    expect((await world.manifest(1)).snapshots[0]).toMatchObject({ complete: true, count: 1 });
  });
});

describe("a slot", () => {
  it("that is delivered again is over: Live is not asked, and nothing is written", async () => {
    disabled("room-1");
    await world.audit(0);
    const [calls, stored] = [world.live.calls().length, objects()];
    block("room-2");
    expect(await world.audit(0)).toEqual({ written: false, slot: NOON.toISOString() });
    expect(world.live.calls()).toHaveLength(calls);
    expect(objects()).toEqual(stored);
  });

  it("that comes after a later one is over too", async () => {
    await world.audit(1);
    expect(await world.audit(0)).toMatchObject({ written: false });
  });

  it("that is audited twice at once has one link, and what that names is as it says", async () => {
    disabled("room-1");
    const results = await Promise.all([world.audit(0), world.audit(0), world.audit(0)]);
    expect(results.filter(({ written }) => written)).toHaveLength(1);
    const manifest = await world.manifest(1);
    for (const { object, sha256 } of manifest.snapshots) {
      expect(sha256Hex(world.storage.read(world.bucket, object) ?? Buffer.alloc(0))).toBe(sha256);
    }
  });

  it("whose first run stored nothing is audited by the next as if there had been none", async () => {
    disabled("room-1");
    world.storage.fail("PutObject", { status: 503, code: "SlowDown" }, Number.POSITIVE_INFINITY);
    await expect(world.audit(0)).rejects.toMatchObject({ code: "ERR_ARCHIVE", retryable: true });
    world.storage.heal();
    expect(await world.audit(0)).toMatchObject({ written: true, manifest: { snapshots: [{ complete: true }, {}] } });
    expect(await world.verify()).toEqual([]);
  });

  it("has its link also where somebody put something else under a name that it needs", async () => {
    disabled("room-1");
    const name = snapshotName(DOMAIN, new Date(NOON));
    await world.archive.store(name, Buffer.from("no rows at all"), { contentType: "text/plain" });
    expect(await world.audit(0)).toMatchObject({ written: true });
    const [snapshot] = (await world.manifest(1)).snapshots;
    expect(snapshot).toMatchObject({ object: name, complete: false, because: "interrupted", count: 0 });
  });

  it("records how old the chain was, also if the link before is missing", async () => {
    expect(await world.audit(0)).not.toHaveProperty("chainAgeMs");
    expect(await world.audit(1)).toMatchObject({ chainAgeMs: HOUR_MS });
    world.storage.erase(world.bucket, "manifests/0000000002.json");
    expect(await world.audit(3)).toMatchObject({ chainAgeMs: 3 * HOUR_MS });
  });

  it("tells that the link before it is gone", async () => {
    await world.audit(0);
    world.storage.erase(world.bucket, "manifests/0000000001.json");
    expect(await world.audit(1)).toMatchObject({ written: true, headAltered: true });
    expect(await world.audit(2)).toMatchObject({ written: true, headAltered: false });
  });

  it("whose first run stored its objects and not its link keeps these rows, and nothing is concluded from them", async () => {
    disabled("room-1");
    const isLink = ({ operation, key }: { operation: string; key?: string }) =>
      operation === "PutObject" && key === "manifests/0000000001.json";
    world.storage.fail(isLink, { status: 403, code: "AccessDenied" });
    await expect(world.audit(0)).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
    block("room-2");
    world.clock += MINUTE_MS;
    await world.audit(0);
    const manifest = await world.manifest(1);
    expect(manifest.snapshots[0]).toMatchObject({ complete: false, because: "interrupted", count: 1, passes: [] });
    expect(manifest.findings?.drift).toBeUndefined();
    expect(await world.verify()).toEqual([
      `incomplete ${manifest.snapshots[0]?.object}`,
      ...["incomplete manifests/0000000001.json", "incomplete manifests/0000000001.json"], // its findings, its page
    ]);
  });
});

describe("drift", () => {
  it("is found both ways, each kind with its evidence", async () => {
    disabled("as-ordered");
    record(order("missing", 1));
    disabled("expiring", { placedAt: at(-6 * DAY_MS), resumeTime: toSecondsUtc(new Date(NOON.getTime() + HOUR_MS)) });
    record(order("other-time", 1));
    block("other-time", toSecondsUtc(new Date(NOON.getTime() + DAY_MS)));
    disabled("outlived");
    record(enable("outlived", 2, { endedAt: at(-HOUR_MS) }));
    block("unexpected");
    const result = await world.audit(0);
    expect(result).toMatchObject({
      manifest: {
        findings: {
          drift: { missing: 1, unexpected: 1, expiring: 1, "wrong-resume-time": 1, outlived: 1 },
          unasked: 0,
        },
      },
    });
    expect((await findingsOf(1)).sort()).toEqual([
      "expiring expiring",
      "missing missing",
      "outlived outlived",
      "unexpected unexpected",
      "wrong-resume-time other-time",
    ]);
  });

  it("is none where an order came after the export", async () => {
    record(order("new", 1, { placedAt: at(-MINUTE_MS), endedAt: at(-MINUTE_MS) }));
    block("new");
    record(order("let-on", 1));
    record(enable("let-on", 2, { placedAt: at(-MINUTE_MS), endedAt: at(-MINUTE_MS) }));
    expect(await world.audit(0)).toMatchObject({ drift: [], manifest: { findings: { unasked: 0 } } });
  });

  it("is none where the pages left out a stream that Live lists when it is asked by name", async () => {
    disabled("room-1");
    disabled("moved");
    async function* listDisabled(domain: string, size: number) {
      for await (const page of world.pages(domain, size)) {
        const rows = page.rows.filter(({ stream }) => stream !== "moved");
        yield { ...page, rows, total: rows.length };
      }
    }
    const patience = { sleep: async () => {}, random: () => 0, timeIsUp: () => false };
    const listing = () => ({ listDisabled, now: () => new Date(world.clock), ...patience });
    const result = await world.audit(0, { listing });
    expect(result).toMatchObject({ drift: [], manifest: { snapshots: [{ complete: true, count: 1 }, {}] } });
  });

  it("of a domain whose list is incomplete is not looked for, and the other domain's is", async () => {
    record(order("missing", 1));
    block("unexpected", LATER, OTHER);
    world.live.addFault({ kind: "status", status: 403, match: { domain: DOMAIN } });
    expect(await world.audit(0)).toMatchObject({
      drift: [{ kind: "unexpected", ...named("unexpected", OTHER) }],
      manifest: { snapshots: [{ complete: false, because: "listing-failed" }, { complete: true }] },
    });
  });

  it("that cannot be asked about is counted, and not told", async () => {
    block("unexpected");
    const recentOrders = async () => failing("ERR_LEDGER")();
    expect(await world.audit(0, { recentOrders })).toMatchObject({
      drift: [],
      manifest: { findings: { drift: { unexpected: 0 }, unasked: 1 } },
    });
  });
});

describe("who disabled a listed stream", () => {
  const pageOf = async (hour: number) =>
    Buffer.from((await world.archive.read(`pages/dt=2026-11-21/${12 + hour}0000Z.html`)) ?? "").toString();
  /** The cells of each row of the section, without markup. */
  const cellsOf = (page: string, section: string) => {
    const [content = ""] = (page.split(`aria-labelledby="${section}"`)[1] ?? "").split("</section>");
    const textOf = (cell: string) => cell.replace(/<[^>]*>/g, "");
    return [...content.matchAll(/<tr>(<th scope="row".*?)<\/tr>/gs)].map(([, row = ""]) =>
      row
        .split(/<\/t[hd]>/)
        .slice(0, -1)
        .map(textOf),
    );
  };
  const recent = { placedAt: at(-2 * MINUTE_MS), endedAt: at(-2 * MINUTE_MS) };

  it("is named although the exports end five minutes before: the orders of just these streams are read", async () => {
    for (const name of ["recent-1", "recent-2"]) disabled(name, recent);
    disabled("old");
    block("foreign");
    await world.audit(0);
    const rows = new Map(cellsOf(await pageOf(0), "disabled").map(([stream, ...cells]) => [stream, cells.slice(3)]));
    expect(rows.get("recent-1")).toEqual([
      "2026-11-21 11:58",
      "csam 0.9 reported by standard",
      "rule severe, policy hash",
    ]);
    expect(rows.get("old")?.[2]).toBe("rule severe, policy hash");
    expect(rows.get("foreign")).toEqual(["–", "–", "not by offair"]);
    expect((await world.manifest(1)).figures).toMatchObject({
      reasons: [{ reason: "csam reported by standard", count: 3 }],
      ...{ otherReasons: 0, notByOffair: 1, notAttributed: 0 },
    });
  });

  it("is too recent to attribute while the ledger cannot be read for these streams, on the page and in its figures", async () => {
    disabled("recent", recent);
    disabled("old");
    await world.audit(0, { recentOrders: async () => failing("ERR_LEDGER")() });
    const page = await pageOf(0);
    const told = "too recent to attribute: ledger known until 2026-11-21 11:55";
    expect(
      cellsOf(page, "disabled")
        .find(([stream]) => stream === "recent")
        ?.at(-1),
    ).toBe(told);
    expect(cellsOf(page, "reasons").find(([reason]) => reason === told)).toEqual([told, "1", "50.0 %"]);
    expect(page).not.toContain("not by offair");
    expect((await world.manifest(1)).figures).toMatchObject({ notByOffair: 0, notAttributed: 1 });
    expect(await world.verify()).toEqual([]);
  });

  it.each<[string, Partial<Order>]>([
    ["is still in progress", { outcome: undefined as never, endedAt: undefined as never }],
    ["is older than the first export", { placedAt: at(-30 * DAY_MS), endedAt: at(-30 * DAY_MS) }],
    [
      "was placed before the end of the export and carried out after it",
      { placedAt: at(-6 * MINUTE_MS), endedAt: at(-MINUTE_MS) },
    ],
    ["has an unknown outcome", { outcome: "unknown" }],
    ["is over, and Live still lists it", { resumeTime: toSecondsUtc(new Date(NOON.getTime() - 10 * MINUTE_MS)) }],
    ["has a reason that reads like the other answers", { reason: "not by offair" }],
  ])("is offair also if the order %s", async (_, given) => {
    const placed = JSON.parse(JSON.stringify(order("room-1", 1, given))) as Order;
    record(placed, placed.endedAt ?? at(-MINUTE_MS));
    async function* listDisabled(domain: string) {
      const rows = domain === DOMAIN ? [{ ...placed.stream, resumeTime: placed.resumeTime ?? null }] : [];
      yield { rows, total: rows.length, requestId: "1" };
    }
    const patience = { sleep: async () => {}, random: () => 0, timeIsUp: () => false };
    await world.audit(0, { listing: () => ({ listDisabled, now: () => new Date(world.clock), ...patience }) });
    expect((await world.manifest(1)).figures).toMatchObject({ notByOffair: 0 });
    expect(cellsOf(await pageOf(0), "disabled").map((cells) => cells.at(-1))).not.toContain("not by offair");
  });
});

describe("what was done between two lists", () => {
  const pageOf = async (time: string) =>
    Buffer.from((await world.archive.read(`pages/dt=2026-11-21/${time}Z.html`)) ?? "").toString();
  const sectionOf = (page: string, id: string) =>
    (page.split(`aria-labelledby="${id}"`)[1] ?? "").split("</section>")[0] ?? "";
  const textOf = (markup: string) => markup.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
  const rooms = Array.from({ length: 200 }, (_, index) => `raid-${index}`);
  const authority = (orderId: string, given: object = {}): Order["authority"] => ({
    ...{
      kind: "operator",
      cause: `operator#${orderId}#0`,
      orderId,
      requestedBy: "ana",
      overridesRulesUntil: LATER,
      ...given,
    },
  });
  const timed = (minutes: number): Partial<Order> => ({
    ...{ placedAt: at(minutes * MINUTE_MS), endedAt: at(minutes * MINUTE_MS + 1_000) },
    attempts: [{ at: at(minutes * MINUTE_MS), result: "sent" }],
  });

  /** 200 streams are disabled at :06 and enabled again at :50; no list has them. */
  function incident(from = 0): void {
    for (const name of rooms) {
      record(
        order(name, 1, { ...timed(from + 6), reason: "INC-881", authority: authority("op-1", { approvedBy: "ben" }) }),
      );
      record(
        enable(name, 2, {
          ...timed(from + 50),
          reason: "false alarm",
          authority: authority("op-2", { undoes: "op-1" }),
        }),
      );
    }
  }

  it("is on the page: the batch, who decided and approved, until when, and that it was undone; and never is the highest number that of the lists", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) disabled(name);
    await world.audit(0);
    incident();
    await world.audit(1);
    const page = await pageOf("130000");
    expect(textOf(sectionOf(page, "done"))).toContain(
      "12:06:00 disable 200 2026-11-28 12:00 ana , op-1 ben verified 200 by op-2 INC-881",
    );
    expect(textOf(sectionOf(page, "done"))).toContain("12:50:00 enable 200 – ana , op-2 , undoes op-1");
    expect(textOf(sectionOf(page, "over-time"))).toContain("2026-11-21 5 5 205 5 2 0 0");
    expect((await world.manifest(2)).figures?.ordered).toMatchObject({
      ...{ from: at(-5 * MINUTE_MS), until: at(55 * MINUTE_MS) },
      total: { highest: 205, highestAt: at(6 * MINUTE_MS), lowest: 5 },
      domains: [{ domain: DOMAIN, highest: 205 }],
      reasons: [{ reason: "INC-881", highest: 200, lowest: 0 }, { highest: 5 }],
    });
    expect(await world.verify()).toEqual([]);
    // The next pages have it in their charts too: the manifest has the numbers.
    await world.audit(2);
    const later = await pageOf("140000");
    expect(textOf(sectionOf(later, "done"))).toContain("No order was placed or changed.");
    expect(textOf(sectionOf(later, "over-time"))).toContain("2026-11-21 5 5 205 5 3 0 0");
  });

  it("of the last five minutes is on the next page, and said to be", async () => {
    await world.audit(0);
    incident(52); // disabled at :58, enabled at 13:42
    await world.audit(1);
    const page = sectionOf(await pageOf("130000"), "done");
    expect(textOf(page)).toContain(
      "What happened later, such as an undo, is not known here: it is on the page of the next audit.",
    );
    expect(textOf(page)).toContain("No order was placed or changed.");
    await world.audit(2);
    expect(textOf(sectionOf(await pageOf("140000"), "done"))).toContain("12:58:00 disable 200");
    expect(textOf(sectionOf(await pageOf("140000"), "over-time"))).toContain("2026-11-21 0 0 200 0 3 0 0");
  });

  it("has a batch that was cancelled, by the state of its plan", async () => {
    const cancelled = { cancelledBy: "ben", cancelledAt: at(-MINUTE_MS * 10), reason: "too late" };
    world.others.push({ kind: "plan-state", at: at(-MINUTE_MS * 10), planState: { orderId: "op-7", cancelled } });
    await world.audit(0);
    expect(textOf(sectionOf(await pageOf("120000"), "done"))).toContain("11:50:00 cancelled 0 – ben , op-7");
  });

  it("is unknown, if the ledger cannot be read", async () => {
    await world.audit(0, ledgerAway);
    expect(textOf(sectionOf(await pageOf("120000"), "done"))).toContain("This audit exported no changes of the ledger");
    expect((await world.manifest(1)).figures).toBeUndefined();
  });

  it("is bounded: 20,000 requests of one stream each add less than 300 kB to the page, and 6 kB to the manifest", async () => {
    await world.audit(0);
    const sizes = async (hour: number) => {
      const manifest = await world.manifest(hour);
      return { page: manifest.page?.bytes ?? 0, manifest: JSON.stringify(manifest).length };
    };
    for (let index = 0; index < 20_000; index++) {
      const reason = `reason ${index} ${"\u202e".repeat(20)}`;
      record(
        order(`raid-${index}`, 1, { ...timed(6), reason, authority: authority(`op-${index}`), outcome: "failed" }),
      );
      if (index < 300)
        record(
          order(`raid-${index}`, 2, {
            ...timed(7),
            reason,
            authority: authority(`op-${index}-2`),
            resumeTime: at(8 * MINUTE_MS),
          }),
        );
    }
    await world.audit(1);
    const [before, after] = [await sizes(1), await sizes(2)];
    expect(after.page - before.page).toBeLessThan(300_000);
    expect(after.manifest - before.manifest).toBeLessThan(6_000);
    expect(textOf(sectionOf(await pageOf("130000"), "done"))).toContain(
      "The first 200 of 20,300 are shown. The other 20,100 are in events/dt=2026-11-21/130000Z.ndjson.gz",
    );
  });
});

describe("what changed", () => {
  it("is told from the last complete list of the domain, whatever was in between", async () => {
    disabled("stays");
    disabled("enabled");
    await world.audit(0);
    world.live.removeDisabled(named("enabled"));
    record(enable("enabled", 2, { endedAt: at(MINUTE_MS) }));
    disabled("disabled", { placedAt: at(MINUTE_MS), endedAt: at(MINUTE_MS) });
    world.live.addFault({ id: "away", kind: "status", status: 403 });
    await world.audit(1);
    world.live.removeFaults("away");
    expect((await world.manifest(2)).findings).toBeUndefined();
    await world.audit(2);
    expect(await findingsOf(3)).toEqual(["enabled enabled", "disabled disabled"]);
    expect((await world.manifest(3)).findings).toMatchObject({ disabled: 1, enabled: 1, changed: 0 });
  });

  it("is not told from a list that is not as its manifest says", async () => {
    disabled("room-1");
    await world.audit(0);
    const object = (await world.manifest(1)).snapshots[0]?.object ?? "";
    world.storage.overwrite(world.bucket, object, Buffer.from("not what was stored"));
    await world.audit(1);
    expect((await world.manifest(2)).findings).toMatchObject({ disabled: 0, enabled: 0 });
  });
});

describe("a part that fails takes no other along, and the link says so", () => {
  it("a ledger that cannot be read: no events, nothing expected, no drift; and the next audit goes on from where the last ended", async () => {
    disabled("room-1");
    await world.audit(0);
    record(order("room-2", 1, { endedAt: at(MINUTE_MS) }));
    await world.audit(1, ledgerAway);
    const lacking = await world.manifest(2);
    expect(lacking).toMatchObject({
      lacks: [{ part: "events", error: "ERR_LEDGER" }],
      snapshots: [{ complete: true }, {}],
    });
    for (const part of ["events", "expected"]) expect(lacking).not.toHaveProperty(part);
    expect(lacking.findings).not.toHaveProperty("drift");
    await world.audit(2);
    const next = await world.manifest(3);
    expect(next.events).toMatchObject({ count: 1, from: at(-5 * MINUTE_MS), until: at(115 * MINUTE_MS) });
    expect(next.expected?.count).toBe(2);
    expect(await findingsOf(3)).toEqual(["missing room-2"]);
    expect(await world.verify()).toEqual(["incomplete manifests/0000000002.json"]);
  });

  it("the ledger's hint where the chain ends: it is found all the same", async () => {
    await world.audit(0);
    await world.audit(1);
    const head = { read: async () => failing("ERR_LEDGER")(), write: async () => failing("ERR_LEDGER")() };
    expect(await world.audit(2, { head })).toMatchObject({ written: true, number: 3 });
  });

  it("what was expected before, altered: the fold begins one audit earlier, with all events since", async () => {
    disabled("room-1");
    await world.audit(0);
    disabled("room-2", { endedAt: at(MINUTE_MS) });
    await world.audit(1);
    const { expected } = await world.manifest(2);
    world.storage.overwrite(world.bucket, expected?.object ?? "", Buffer.from("nothing"));
    await world.audit(2);
    expect((await world.manifest(3)).expected?.count).toBe(2);
  });

  it("a list that cannot be read at all: it is incomplete, and never an empty one", async () => {
    disabled("room-1");
    world.live.addFault({ kind: "status", status: 503, match: { domain: DOMAIN } });
    await world.audit(0);
    expect((await world.manifest(1)).snapshots[0]).toMatchObject({
      ...{ complete: false, because: "listing-failed", count: 0 },
      error: "APIGW.0201 (HTTP 503)",
    });
  });
});

describe("the export", () => {
  it("that takes too long ends between two moments, and the next audit goes on from there", async () => {
    const moments = [1, 2, 2, 3].map((minutes) => at(minutes * MINUTE_MS - HOUR_MS));
    for (const [index, endedAt] of moments.entries()) record(order(`room-${index}`, 1, { endedAt }));
    let asked = 0;
    await world.audit(0, { exportIsOver: () => ++asked > 1 });
    const cut = await world.manifest(1);
    expect(cut.events).toMatchObject({ count: 3, until: moments[3] });
    expect(cut.expected).toMatchObject({ count: 3, until: moments[3] });
    await world.audit(1);
    expect((await world.manifest(2)).events).toMatchObject({ count: 1, from: moments[3] });
    expect((await world.manifest(2)).expected?.count).toBe(4);
    expect(await world.verify()).toEqual([]);
  });

  it("is left to nobody twice: a slot that comes late, after a person's audit, exports nothing", async () => {
    disabled("room-1");
    world.clock = NOON.getTime() + 10 * MINUTE_MS;
    await world.byPerson();
    await world.audit(0);
    const late = await world.manifest(2);
    expect(late).not.toHaveProperty("events");
    expect(late).not.toHaveProperty("lacks");
    expect(late.findings?.drift).toMatchObject({ unexpected: 0, missing: 0 });
  });
});

describe("the cases that wait for a person", () => {
  const held = (id: string, dueAt: string, change: Partial<ReportRecord> = {}): ReportRecord => ({
    ...{
      key: `standard#${id}`,
      report: weaponsReport({ id }),
      decidedAt: at(-3 * HOUR_MS),
      mode: "enforce",
      policy: "p",
    },
    ...{ decision: { action: "review", because: "rule" }, facts: { workedAt: at(-3 * HOUR_MS), orders: [] } },
    ...{ outcome: "review", review: "open", openedAt: at(-3 * HOUR_MS), dueAt },
    ...change,
  });

  it("are counted with the verdicts of the export, signed in the chain entry, and on the page", async () => {
    const decidedAt = at(-10 * MINUTE_MS);
    const verdict = { verdict: "rejected", by: "ana", at: decidedAt, reason: "no weapon" } as const;
    const late = held("late", at(-HOUR_MS), { verdict });
    world.others = [{ kind: "report", at: decidedAt, report: late }];
    world.cases = [held("missed", at(-1)), held("open", at(HOUR_MS))];
    const written = await world.audit(0);
    const of = { inTime: 0, late: 1, open: 2, missed: 1, oldest: at(-3 * HOUR_MS) };
    expect((await world.manifest(1)).reviews).toEqual({
      at: at(3_000),
      ...of,
      sources: [{ source: "standard", ...of }],
    });
    expect(summarise(written)).toMatchObject({ reviews: of });
    const page = world.storage.read(world.bucket, (await world.manifest(1)).page?.object ?? "") ?? Buffer.alloc(0);
    expect(Buffer.from(page).toString()).toContain("Missed and still open: 1 case");
    await world.audit(1);
    expect((await world.manifest(2)).reviews).toMatchObject({ inTime: 0, late: 0, open: 2 });
    expect(await world.verify()).toEqual([]);
  });

  it("are a part that fails alone", async () => {
    await world.audit(0, { openReviews: async () => failing("ERR_LEDGER")() });
    expect(await world.manifest(1)).toMatchObject({ lacks: [{ part: "reviews", error: "ERR_LEDGER" }] });
    expect(await world.manifest(1)).not.toHaveProperty("reviews");
    expect(await world.manifest(1)).toHaveProperty("page");
    expect(await world.verify()).toEqual(["incomplete manifests/0000000001.json"]);
  });
});
