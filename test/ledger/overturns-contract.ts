/** What people marked as wrong: statements are added, and a repeated request adds none. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import type { Overturn } from "../../lib/orders/overturn.ts";
import { weaponsReport } from "../support/fixtures.ts";
import { AT, type CreateLedger, later, record } from "./records.ts";

const statement: Overturn = { because: "false-positive", by: "ana", at: AT, reason: "a toy" };
const newer: Overturn = { because: "context", by: "ben", at: later(1), reason: "news" };

export function overturnsContract(create: CreateLedger): void {
  describe("an appeal", () => {
    it("takes its order for good: the first of several, also if they come at once", async () => {
      const ledger = await create();
      const { stream } = weaponsReport();
      const keys = ["appeals#1", "appeals#2", "appeals#3"];
      const got = await Promise.all(keys.map((key) => ledger.takeAppeal(stream, 7, key)));
      expect(keys).toContain(got[0]);
      expect(new Set(got).size).toBe(1);
      expect(await ledger.takeAppeal(stream, 7, "appeals#4")).toBe(got[0]);
      expect(await ledger.takeAppeal(stream, 70, "appeals#4")).toBe("appeals#4");
      expect(await ledger.takeAppeal(weaponsReport().stream, 7, "appeals#5")).toBe("appeals#5");
    });
  });

  describe("what people marked as wrong", () => {
    it("is kept with the report, the newest last, each statement once", async () => {
      const ledger = await create();
      const { key } = await ledger.recordDecision(record(weaponsReport()));
      for (const each of [statement, newer, statement]) await ledger.addOverturn(key, each);
      expect((await ledger.readReport(key))?.overturns).toEqual([statement, newer]);
    });

    it("is kept by everybody who says it at the same time", async () => {
      const ledger = await create();
      const { key } = await ledger.recordDecision(record(weaponsReport()));
      const all = ["ana", "ben", "cyd", "dee"].map((by) => ({ ...statement, by }));
      await Promise.all(all.map((each) => ledger.addOverturn(key, each)));
      const { overturns = [] } = (await ledger.readReport(key)) ?? {};
      expect(overturns.map(({ by }) => by).sort()).toEqual(["ana", "ben", "cyd", "dee"]);
    });

    it("makes no report where there is none", async () => {
      const ledger = await create();
      await ledger.addOverturn("standard#none", statement);
      expect(await ledger.readReport("standard#none")).toBeUndefined();
    });

    it("is kept with the state of a batch or of a request, each statement once", async () => {
      const ledger = await create();
      const orderId = `op-${randomUUID()}`;
      for (const each of [statement, newer, statement]) await ledger.addOrderOverturn(orderId, each);
      expect(await ledger.readPlanState(orderId)).toEqual({ overturns: [statement, newer] });
    });
  });
}
