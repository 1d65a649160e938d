/** What waits for a person, and the verdict that it gets. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { HOUR_MS } from "../../lib/core/time.ts";
import { addNote, takeCase } from "../../lib/decisions/cases.ts";
import type { ReportOutcome, ReportRecord, UntranslatedRecord, Verdict } from "../../lib/decisions/report-record.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import { reportKey } from "../../lib/reports/report.ts";
import { NOON, weaponsReport } from "../support/fixtures.ts";
import type { CreateLedger } from "./records.ts";

const later = (ms: number) => new Date(NOON.getTime() + ms).toISOString();
const AT = later(0);
const record = (change: Partial<ReportRecord> = {}): ReportRecord => {
  const report = change.report ?? weaponsReport();
  return {
    ...{ key: reportKey(report), report, decision: { action: "pause", rule: "harmful", because: "rule" } },
    ...{ facts: { workedAt: AT, orders: [] }, decidedAt: AT, mode: "enforce", policy: "hash" },
    ...change,
  };
};
const DUE = later(8 * HOUR_MS);
export const inReview = (outcome: ReportOutcome = "review", dueAt = DUE) =>
  record({ outcome, because: "limit-total", closedAt: AT, openedAt: AT, dueAt });
const untranslated = (dueAt = DUE, key = `huawei-push#${randomUUID()}`): UntranslatedRecord => ({
  key,
  untranslated: {
    ...{ source: "huawei-push", id: "1", receivedAt: AT, bodySha256: "0".repeat(64) },
    issues: [{ pointer: "/event", message: "is missing" }],
  },
  ...{ decidedAt: AT, openedAt: AT, dueAt, outcome: "review", because: "untranslatable" },
});
const verdict = (change: Partial<Verdict> = {}): Verdict => ({
  ...{ verdict: "rejected", by: "ana", at: AT, reason: "no harm to be seen" },
  ...change,
});
const orderId = `op-${randomUUID()}`;
export const approval = verdict({ verdict: "approved", by: "ben", orderId, action: "pause" });

export function reviewContract(create: CreateLedger): void {
  describe("what waits for a person", () => {
    /** Keys of all that is open, page by page. */
    async function openKeys(ledger: Ledger, limit = 100): Promise<string[]> {
      const keys: string[] = [];
      let next: string | undefined;
      do {
        const page = await ledger.openReviews(limit, next);
        expect(page.records.length).toBeLessThanOrEqual(limit);
        keys.push(...page.records.map(({ key }) => key));
        next = page.next;
      } while (next !== undefined);
      return keys;
    }

    it.each<[ReportOutcome, boolean]>([
      ["review", true],
      ["held", true],
      ["ignored", false],
      ["observed", false],
      ["accepted", false],
      ["refused", false],
      ["failed", false],
    ])("a report that ends as %s does so: %s", async (outcome, waits) => {
      const ledger = await create();
      const atOnce = inReview(outcome);
      const afterwards = record();
      await ledger.recordDecision(atOnce);
      await ledger.recordDecision(afterwards);
      expect(await ledger.readReview(afterwards.key)).toBeUndefined();
      await ledger.closeReport(afterwards.key, { outcome, because: "too-old", closedAt: AT, openedAt: AT, dueAt: DUE });
      const open = await openKeys(ledger);
      for (const { key } of [atOnce, afterwards]) {
        expect(open.includes(key)).toBe(waits);
        expect((await ledger.readReport(key))?.review).toBe(waits ? "open" : undefined);
        expect((await ledger.readReview(key))?.outcome).toBe(waits ? outcome : undefined);
      }
    });

    it("a report that ends a second time waits no more than before", async () => {
      const ledger = await create();
      const { key } = await ledger.recordDecision(inReview("ignored"));
      await ledger.closeReport(key, { outcome: "review", closedAt: AT, dueAt: DUE });
      expect(await ledger.readReview(key)).toBeUndefined();
    });

    it.each<ReportOutcome>(["review", "held"])("never waits without a due time: %s", async (outcome) => {
      const ledger = await create();
      const faulty = { code: "ERR_LEDGER", message: expect.stringContaining("without a due time") };
      await expect(ledger.recordDecision(record({ outcome }))).rejects.toMatchObject(faulty);
      const { key } = await ledger.recordDecision(record());
      await expect(ledger.closeReport(key, { outcome, closedAt: AT })).rejects.toMatchObject(faulty);
      const { dueAt: _none, ...unread } = untranslated();
      await expect(ledger.recordUntranslated(unread)).rejects.toMatchObject(faulty);
      expect([await ledger.readReview(key), await ledger.readReview(unread.key)]).toEqual([undefined, undefined]);
    });

    it("comes with what is due first at the top, in pages, and once each", async () => {
      const ledger = await create();
      const times = Array.from({ length: 7 }, (_, i) => later(-1e9 + ((i * 3) % 7))); // long before all others here
      for (const due of times.slice(1)) await ledger.recordDecision(inReview("held", due));
      await ledger.recordUntranslated(untranslated(times[0]));
      const pages = [await ledger.openReviews(3)];
      pages.push(await ledger.openReviews(3, pages[0]?.next));
      expect(pages.flatMap(({ records }) => records.map(({ dueAt }) => dueAt))).toEqual(times.sort().slice(0, 6));
      for (const limit of [1, 2, 100]) {
        const keys = await openKeys(ledger, limit);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.length).toBeGreaterThanOrEqual(7);
      }
      await ledger.writeVerdict((await ledger.openReviews(1)).records[0]?.key ?? "", verdict(), () => NOON); // between two pages
      expect((await ledger.openReviews(2, pages[0]?.next)).records.map(({ dueAt }) => dueAt)).toEqual(
        times.slice(3, 5),
      );
    });

    it("has no next page where all are told", async () => {
      const ledger = await create();
      await ledger.recordDecision(inReview());
      const all = await openKeys(ledger);
      expect(await ledger.openReviews(all.length)).not.toHaveProperty("next");
      expect(await ledger.openReviews(all.length - 1 || 1)).toMatchObject(
        all.length > 1 ? { next: expect.anything() } : {},
      );
    });

    it.each([
      "x",
      "bnVsbA",
      Buffer.from("{}").toString("base64url"),
      Buffer.from(JSON.stringify({ pk: "CONTROL", sk: "MODE", dueAt: AT })).toString("base64url"),
      Buffer.from(JSON.stringify({ pk: "REPORT#a", sk: "REPORT", dueAt: AT, hour: "x" })).toString("base64url"),
      Buffer.from(JSON.stringify({ pk: `REPORT#${"é".repeat(1_500)}`, sk: "REPORT", dueAt: AT })).toString("base64url"),
      Buffer.from(JSON.stringify({ pk: "REPORT#a", sk: "REPORT", dueAt: 5 })).toString("base64url"),
    ])("does not go on from a text that somebody made up: %s", async (madeUp) => {
      await expect((await create()).openReviews(10, madeUp)).rejects.toMatchObject({
        code: "ERR_EVENT_INVALID",
        retryable: false,
      });
    });

    it("waits until it has a verdict, which it keeps: whoever comes later is told it", async () => {
      const ledger = await create();
      const { key } = await ledger.recordDecision(inReview("held"));
      expect(await ledger.writeVerdict(key, approval, () => NOON)).toEqual(approval);
      expect(await ledger.writeVerdict(key, verdict(), () => NOON)).toEqual(approval);
      expect(await ledger.readReview(key)).toMatchObject({ outcome: "held", verdict: approval });
      await ledger.endReview(key, orderId);
      expect(await ledger.readReport(key)).not.toHaveProperty("review");
      expect(await openKeys(ledger)).not.toContain(key);
    });

    it("is listed until what was approved is on its way, and no longer once it is rejected", async () => {
      const ledger = await create();
      const [approved, rejected, open] = await Promise.all(
        [1, 2, 3].map(() => ledger.recordDecision(inReview("held"))),
      );
      for (const each of [approved, rejected, open]) await ledger.endReview(each?.key ?? "", orderId); // no verdict yet: nothing to end
      await ledger.writeVerdict(approved?.key ?? "", approval, () => NOON);
      await ledger.writeVerdict(rejected?.key ?? "", verdict(), () => NOON);
      const listed = await openKeys(ledger);
      expect([approved, rejected, open].map((each) => listed.includes(each?.key ?? ""))).toEqual([true, false, true]);
      await ledger.endReview(approved?.key ?? "", `op-${randomUUID()}`); // of another order, which this one does not wait for
      expect(await openKeys(ledger)).toContain(approved?.key);
      for (let times = 0; times < 2; times++) await ledger.endReview(approved?.key ?? "", orderId);
      expect(await openKeys(ledger)).not.toContain(approved?.key);
      expect((await ledger.readReview(approved?.key ?? ""))?.verdict).toEqual(approval);
      await ledger.endReview("standard#none", orderId);
      expect(await ledger.readReport("standard#none")).toBeUndefined();
    });

    it("has one verdict of ten that are given at once", async () => {
      const ledger = await create();
      const { key } = await ledger.recordDecision(inReview("held"));
      const given = Array.from({ length: 10 }, (_, i) =>
        ledger.writeVerdict(key, verdict({ by: `person ${i}` }), () => NOON),
      );
      const told = await Promise.all(given);
      expect(told).toEqual(told.map(() => told[0]));
      expect((await ledger.readReview(key))?.verdict).toEqual(told[0]);
    });

    it("gets a verdict only where it waited for one", async () => {
      const ledger = await create();
      const { key } = await ledger.recordDecision(inReview("accepted"));
      const open = await ledger.recordDecision(record());
      for (const each of [key, open.key, "standard#nothing"]) {
        expect(await ledger.writeVerdict(each, verdict(), () => NOON)).toEqual({ because: "not-in-review" });
        expect(await ledger.readReview(each)).toBeUndefined();
      }
      expect(await ledger.readReport(key)).not.toHaveProperty("verdict");
      expect(await ledger.readReport("standard#nothing")).toBeUndefined();
    });

    it("holds what nobody could translate, once a key", async () => {
      const ledger = await create();
      const first = untranslated();
      await ledger.recordUntranslated(first);
      await ledger.recordUntranslated({ ...first, decidedAt: later(9), dueAt: later(9) });
      expect(await ledger.readReview(first.key)).toEqual({ ...first, review: "open" });
      expect(await ledger.writeVerdict(first.key, verdict(), () => NOON)).toEqual(verdict());
      await ledger.recordUntranslated(first); // delivered again
      expect(await ledger.readReview(first.key)).toEqual({ ...first, verdict: verdict() });
      expect(await ledger.readReport(first.key)).toBeUndefined();
      expect(await openKeys(ledger)).not.toContain(first.key);
    });

    it("has one word said of both, where one id stands for a report and for what nobody could translate", async () => {
      const ledger = await create();
      const { key, report } = await ledger.recordDecision(inReview());
      await ledger.recordUntranslated(untranslated(DUE, key));
      expect(await ledger.readReview(key)).toMatchObject({ report });
      expect((await openKeys(ledger)).filter((each) => each === key)).toHaveLength(2);
      expect(await ledger.writeVerdict(key, approval, () => NOON)).toEqual(approval);
      await ledger.endReview(key, orderId);
      expect(await openKeys(ledger)).not.toContain(key);
      expect(await ledger.writeVerdict(key, verdict(), () => NOON)).toEqual(approval);
      expect(await ledger.readReview(key)).toMatchObject({ report, verdict: approval });
    });

    it("can still be told of where a report of the same id has its verdict already, and then waits no more", async () => {
      const ledger = await create();
      const { key } = await ledger.recordDecision(inReview());
      await ledger.writeVerdict(key, approval, () => NOON);
      await ledger.endReview(key, orderId);
      const late = untranslated(DUE, key);
      await ledger.recordUntranslated(late);
      expect(await ledger.readReview(key)).toEqual({ ...late, review: "open" });
      expect(await ledger.writeVerdict(key, verdict(), () => NOON)).toEqual(approval);
      expect(await openKeys(ledger)).not.toContain(key);
    });

    it("has the report's verdict also where another was given last, and where somebody holds what nobody could translate", async () => {
      const ledger = await create();
      const { key } = await ledger.recordDecision(inReview());
      await ledger.writeVerdict(key, approval, () => NOON);
      await ledger.endReview(key, orderId);
      const late = untranslated(DUE, key);
      await ledger.recordUntranslated(late);
      await ledger.changeCase(key, (record) => takeCase(record, "ana", NOON));
      expect(await ledger.writeVerdict(key, verdict(), () => NOON)).toEqual(approval);
      expect(await ledger.readCase(late)).toEqual({ ...late, verdict: approval });
    });

    it("keeps which alarms were published, of the same clock and without a verdict, and is read again as it is", async () => {
      const ledger = await create();
      const first = await ledger.recordDecision(inReview());
      expect(await ledger.noteAlarms(first, { urgent: later(1) })).toBe(true);
      expect(await ledger.noteAlarms(first, { urgent: later(2) })).toBe(true); // it was read before the first note, which stays
      const second = (await ledger.readCase(first)) ?? first;
      expect(second).toEqual({ ...first, alarms: { urgent: later(1) } });
      expect(await ledger.noteAlarms({ ...second, dueAt: later(9) }, { half: later(2) })).toBe(false); // another clock
      expect(await ledger.noteAlarms(second, { half: later(2), nearly: later(2) })).toBe(true);
      const third = (await ledger.readCase(first)) ?? first;
      expect(third.alarms).toEqual({ urgent: later(1), half: later(2), nearly: later(2) });
      await ledger.writeVerdict(first.key, approval, () => NOON);
      expect(await ledger.noteAlarms(third, { missed: later(3) })).toBe(false);
      const unread = untranslated(DUE, first.key);
      await ledger.recordUntranslated(unread);
      expect(await ledger.noteAlarms(unread, { missed: later(3) })).toBe(true);
      expect(await ledger.readCase(unread)).toMatchObject({
        untranslated: unread.untranslated,
        alarms: { missed: later(3) },
      });
      expect(await ledger.readCase({ ...unread, key: "standard#none" })).toBeUndefined();
    });

    it("keeps an alarm's mark and all that people do at the same time", async () => {
      const ledger = await create();
      for (let round = 0; round < 5; round++) {
        const first = await ledger.recordDecision(inReview());
        const note = { by: "ana", at: AT, text: "seen before" };
        const [noted, changed, stored] = await Promise.all([
          ledger.noteAlarms(first, { urgent: later(1) }),
          ledger.changeCase(first.key, (record) => addNote(record, note)),
          ledger.writeVerdict(first.key, verdict(), () => NOON),
        ]);
        expect(stored).toEqual(verdict());
        const after = await ledger.readCase(first);
        expect(after).toMatchObject({ verdict: verdict() });
        expect(after?.alarms).toEqual(noted ? { urgent: later(1) } : undefined);
        expect(after?.notes).toEqual("record" in changed ? [note] : undefined);
      }
    });

    it("notes an alarm again without a change where the response to the note was lost", async () => {
      const ledger = await create();
      const first = await ledger.recordDecision(inReview());
      expect(await ledger.noteAlarms(first, { urgent: later(1) })).toBe(true);
      expect(await ledger.noteAlarms(first, { urgent: later(1) })).toBe(true);
      expect((await ledger.readCase(first))?.alarms).toEqual({ urgent: later(1) });
    });

    it("and nothing that is stored of a report tells its reporter, not even by the pseudonym", async () => {
      const ledger = await create();
      const report = weaponsReport({ reporterHash: "f".repeat(32) });
      const written = await ledger.recordDecision(record({ report }));
      await ledger.closeReport(written.key, { outcome: "review", closedAt: AT, dueAt: DUE, report });
      for (const each of [written, await ledger.readReport(written.key), await ledger.readReview(written.key)]) {
        expect(each).toMatchObject({ report: { id: report.id } });
        expect(JSON.stringify(each)).not.toContain(report.reporterHash);
      }
    });
  });
}
