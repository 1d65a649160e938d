import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import type { RequestRecord } from "../../lib/ledger/request-store.ts";
import { NOON } from "../support/fixtures.ts";
import type { CreateLedger } from "./records.ts";

const at = (ms: number): string => new Date(NOON.getTime() + ms).toISOString();
export const requestRecord = (holder: string, change: Partial<RequestRecord> = {}): RequestRecord => ({
  ...{ requestedBy: "ana (claimed)", sha256: "0".repeat(64), startedAt: at(0), holder, heldUntil: at(30_000) },
  ...change,
});

/** Operators' requests and their answers. */
export function requestsContract(create: CreateLedger): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await create();
  });

  describe("a request", () => {
    it("belongs to whom it came from first, whoever sends another with its id", async () => {
      const id = randomUUID();
      expect(await ledger.beginRequest(id, requestRecord("first"))).toEqual(requestRecord("first"));
      const other = requestRecord("second", { requestedBy: "bob", sha256: "1".repeat(64), startedAt: at(1) });
      expect(await ledger.beginRequest(id, other)).toEqual(requestRecord("first"));
    });

    it("is passed on by the attempt that has it, and answered by the one that has it then", async () => {
      const id = randomUUID();
      const [first, second] = [requestRecord("first"), requestRecord("second", { heldUntil: at(60_000) })];
      await ledger.beginRequest(id, first);
      expect(await ledger.passRequest(id, "nobody", second)).toBe(false);
      expect(await ledger.passRequest(id, "first", { holder: "second", heldUntil: at(60_000) })).toBe(true);
      expect(await ledger.passRequest(id, "first", { holder: "third", heldUntil: at(60_000) })).toBe(false);
      expect(await ledger.answerRequest(id, first, "of the first")).toBe(false);
      expect(await ledger.beginRequest(id, requestRecord("fourth"))).toEqual(second);
      expect(await ledger.answerRequest(id, second, "of the second")).toBe(true);
      expect(await ledger.beginRequest(id, first)).toEqual({ ...second, answer: "of the second" });
    });

    it("that is answered stays as it is", async () => {
      const id = randomUUID();
      await ledger.beginRequest(id, requestRecord("first"));
      expect(await ledger.answerRequest(id, requestRecord("first"), "{}")).toBe(true);
      expect(await ledger.passRequest(id, "first", requestRecord("second"))).toBe(false);
      expect(await ledger.answerRequest(id, requestRecord("second"), "[]")).toBe(false);
      expect(await ledger.beginRequest(id, requestRecord("third"))).toEqual({
        ...requestRecord("first"),
        answer: "{}",
      });
    });

    it("that nobody has sent is neither passed on nor answered", async () => {
      expect(await ledger.passRequest(randomUUID(), "first", requestRecord("second"))).toBe(false);
      expect(await ledger.answerRequest(randomUUID(), requestRecord("first"), "{}")).toBe(false);
    });

    it("has its answer word for word, however long that is", async () => {
      const id = randomUUID();
      const hex = Array.from({ length: 30_000 }, () => randomUUID()).join("");
      const answer = JSON.stringify({ names: ["𝕤\u2028\u0000", hex] });
      await ledger.beginRequest(id, requestRecord("first"));
      expect(await ledger.answerRequest(id, requestRecord("first"), answer)).toBe(true);
      expect((await ledger.beginRequest(id, requestRecord("second"))).answer).toBe(answer);
    });
  });
}
