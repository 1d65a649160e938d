import { describe, expect, it } from "@jest/globals";
import type { RecentReport } from "../../lib/reports/recent-report.ts";
import { NOON, someStream } from "../support/fixtures.ts";
import type { CreateLedger } from "./records.ts";

export const at = (ms: number) => new Date(NOON.getTime() + ms).toISOString();

/** Each key another voice. */
export const sighting = (key: string, ms = 0): RecentReport => ({
  ...{ key: `standard#${key}`, source: "standard", category: "weapons", receivedAt: at(ms), reporterHash: key },
  expiresAt: at(86_400_000),
});
const hash = "f".repeat(32);

/** What reports said of a stream. */
export function recentReportsContract(create: CreateLedger): void {
  describe("what reports said of a stream", () => {
    it("is told newest first, from the moment asked for on, and of no other stream", async () => {
      const ledger = await create();
      const [stream, other] = [someStream(), someStream()];
      for (const ms of [5, 1, 3, 0]) await ledger.addRecentReport(stream, sighting(`at ${ms}`, ms));
      await ledger.addRecentReport(other, sighting("other", 9));
      expect(await ledger.recentReports(stream, at(1))).toEqual([
        sighting("at 5", 5),
        sighting("at 3", 3),
        sighting("at 1", 1),
      ]);
      expect(await ledger.recentReports(stream, at(6))).toEqual([]);
    });

    it("is kept with the pseudonym of who said it, where the source has one", async () => {
      const ledger = await create();
      const stream = someStream();
      await ledger.addRecentReport(stream, { ...sighting("a"), reporterHash: hash });
      expect(await ledger.recentReports(stream, at(0))).toEqual([{ ...sighting("a"), reporterHash: hash }]);
    });

    it("is one entry a voice, with the newest that it said, in whatever order that comes", async () => {
      const ledger = await create();
      const stream = someStream();
      const again = (ms: number): RecentReport => ({ ...sighting("a"), key: `standard#${ms}`, receivedAt: at(ms) });
      for (const ms of [3, 7, 5, 7]) await ledger.addRecentReport(stream, again(ms));
      await ledger.addRecentReport(stream, { ...again(1), category: "csam" });
      await ledger.addRecentReport(stream, { ...again(2), source: "vendor" });
      expect(await ledger.recentReports(stream, at(0))).toEqual([
        again(7),
        { ...again(2), source: "vendor" },
        { ...again(1), category: "csam" },
      ]);
    });

    it("hides nobody, however many there are", async () => {
      const ledger = await create();
      const stream = someStream();
      await Promise.all(Array.from({ length: 405 }, (_, ms) => ledger.addRecentReport(stream, sighting(`${ms}`, ms))));
      expect(await ledger.recentReports(stream, at(0))).toHaveLength(405);
    });

    it("is no order of the stream", async () => {
      const ledger = await create();
      const stream = someStream();
      await ledger.addRecentReport(stream, sighting("a"));
      expect(await ledger.recentOrders(stream)).toEqual([]);
    });
  });
}
