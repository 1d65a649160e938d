import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import type { RequestRecord, RequestStore } from "../../lib/ledger/request-store.ts";
import { NOON } from "../support/fixtures.ts";

const at = (ms: number): string => new Date(NOON.getTime() + ms).toISOString();
export const requestRecord = (holder: string, change: Partial<RequestRecord> = {}): RequestRecord => ({
  ...{ requestedBy: "ana (claimed)", sha256: "0".repeat(64), startedAt: at(0), holder, heldUntil: at(30_000) },
  ...change,
});

/** Operators' requests and their answers. */
export function requestsContract(create: () => RequestStore): void {
  let requests: RequestStore;
  beforeEach(() => {
    requests = create();
  });

  describe("a request", () => {
    it("belongs to its first sender; another request with its id is refused", async () => {
      const id = randomUUID();
      expect(await requests.beginRequest(id, requestRecord("first"))).toEqual(requestRecord("first"));
      const other = requestRecord("second", { requestedBy: "bob", sha256: "1".repeat(64), startedAt: at(1) });
      expect(await requests.beginRequest(id, other)).toEqual(requestRecord("first"));
    });

    it("is passed on by the attempt that holds it, and answered by the next holder", async () => {
      const id = randomUUID();
      const [first, second] = [requestRecord("first"), requestRecord("second", { heldUntil: at(60_000) })];
      await requests.beginRequest(id, first);
      expect(await requests.passRequest(id, "nobody", second)).toBe(false);
      expect(await requests.passRequest(id, "first", { holder: "second", heldUntil: at(60_000) })).toBe(true);
      expect(await requests.passRequest(id, "first", { holder: "third", heldUntil: at(60_000) })).toBe(false);
      expect(await requests.answerRequest(id, first, "of the first")).toBe(false);
      expect(await requests.beginRequest(id, requestRecord("fourth"))).toEqual(second);
      expect(await requests.answerRequest(id, second, "of the second")).toBe(true);
      expect(await requests.beginRequest(id, first)).toEqual({ ...second, answer: "of the second" });
    });

    it("that is answered stays as it is", async () => {
      const id = randomUUID();
      await requests.beginRequest(id, requestRecord("first"));
      expect(await requests.answerRequest(id, requestRecord("first"), "{}")).toBe(true);
      expect(await requests.passRequest(id, "first", requestRecord("second"))).toBe(false);
      expect(await requests.answerRequest(id, requestRecord("second"), "[]")).toBe(false);
      expect(await requests.beginRequest(id, requestRecord("third"))).toEqual({
        ...requestRecord("first"),
        answer: "{}",
      });
    });

    it("that nobody has sent is neither passed on nor answered", async () => {
      expect(await requests.passRequest(randomUUID(), "first", requestRecord("second"))).toBe(false);
      expect(await requests.answerRequest(randomUUID(), requestRecord("first"), "{}")).toBe(false);
    });

    it("has its answer word for word, however long that is", async () => {
      const id = randomUUID();
      const hex = Array.from({ length: 30_000 }, () => randomUUID()).join("");
      const answer = JSON.stringify({ names: ["𝕤\u2028\u0000", hex] });
      await requests.beginRequest(id, requestRecord("first"));
      expect(await requests.answerRequest(id, requestRecord("first"), answer)).toBe(true);
      expect((await requests.beginRequest(id, requestRecord("second"))).answer).toBe(answer);
    });
  });
}
