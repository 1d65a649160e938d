import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import { NOON } from "../support/fixtures.ts";
import type { CreateLedger } from "./records.ts";

const later = (ms: number) => new Date(NOON.getTime() + ms).toISOString();
const AT = later(0);
const change = (more: object = {}) => ({ changedAt: AT, changedBy: "ana", reason: "INC-881", ...more });
const mode = (more: object = {}) => ({ mode: "enforce", ...change(), reason: "go", ...more }) as const;

/** The mode, and what is frozen. */
export function modeContract(create: CreateLedger): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await create();
  });

  describe("the mode", () => {
    it("is observe until somebody has said otherwise, and then what they said last", async () => {
      expect(await ledger.readMode()).toEqual({ mode: "observe" });
      await ledger.writeMode(mode());
      expect(await ledger.readMode()).toEqual(mode());
    });
  });

  describe("a frozen source", () => {
    beforeEach(() => ledger.writeMode(mode()));

    it("stays frozen while others are let act, and through a change of the mode", async () => {
      await ledger.writeFreeze("standard", true, change());
      await ledger.writeFreeze("huawei-push", true, change());
      await ledger.writeFreeze("huawei-push", false, change());
      await ledger.writeMode(mode({ mode: "observe" }));
      expect(await ledger.readMode()).toEqual({ ...mode({ mode: "observe" }), frozen: { standard: change() } });
    });

    it("acts again as if nothing had been, once nobody keeps it frozen", async () => {
      await ledger.writeFreeze("standard", true, change());
      await ledger.writeFreeze("standard", false, change());
      await ledger.writeFreeze("never-frozen", false, change());
      expect(await ledger.readMode()).toEqual(mode());
    });
  });

  it("a source can be frozen before anybody has set the mode, which then is observe", async () => {
    await ledger.writeFreeze("standard", true, change());
    expect(await ledger.readMode()).toEqual({ mode: "observe", frozen: { standard: change() } });
    await ledger.writeFreeze("standard", false, change());
    expect(await ledger.readMode()).toEqual({ mode: "observe" });
  });
}
