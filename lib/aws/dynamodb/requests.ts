/**
 * Stores operators' requests, each below the order id of what it makes. An answer may be longer than an item: it is compressed and stored in
 * parts before the record names them. The parts carry the attempt that wrote them, so that those of two attempts are never mixed. They
 * expire by DynamoDB's TTL. The record is kept as what the request made is kept, so that its id, which names both, is never used again.
 */
import { gunzipSync, gzipSync } from "node:zlib";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { DAY_MS } from "../../core/time.ts";
import type { RequestRecord, RequestStore } from "../../ledger/request-store.ts";
import { orderIdOf } from "../../orders/order-id.ts";
import { epochSeconds, openTable, parseItem } from "./table.ts";
import type { Key } from "./time-index.ts";

/** Longer than any client repeats a request. */
const KEEP_MS = 7 * DAY_MS;

const expiryOf = ({ startedAt }: Pick<RequestRecord, "startedAt">): number =>
  epochSeconds(new Date(Date.parse(startedAt) + KEEP_MS));

/** An item has at most 400 kB. */
const PART_BYTES = 350_000;

const pkOf = (id: string): string => `OPERATOR#${orderIdOf(id)}`;
const keyOf = (id: string): Key => ({ pk: pkOf(id), sk: "REQUEST" });
const partKey = (id: string, holder: string, part: number): Key => ({
  pk: pkOf(id),
  sk: `ANSWER#${holder}#${String(part).padStart(2, "0")}`,
});

const recordSchema = z.object({
  requestedBy: z.string(),
  sha256: z.string(),
  startedAt: z.iso.datetime(),
  holder: z.string(),
  heldUntil: z.iso.datetime(),
  answerParts: z.number().exactOptional(),
});
const partSchema = z.object({ bytes: z.instanceof(Uint8Array) });

export function createRequestStore(dynamo: DynamoDBClient, table: string): RequestStore {
  const { get, put, update } = openTable(dynamo, table, () => new Date());

  async function read(id: string) {
    const item = await get(keyOf(id));
    return item && parseItem(recordSchema, item, `the request ${id}`);
  }

  /** @returns undefined if a part has expired. */
  async function readAnswer(id: string, holder: string, count: number): Promise<string | undefined> {
    const keys = Array.from({ length: count }, (_, part) => partKey(id, holder, part));
    const parts = await Promise.all(keys.map(get));
    if (parts.includes(undefined)) return undefined;
    const bytes = parts.map((part) => parseItem(partSchema, part, `the answer of the request ${id}`).bytes);
    return gunzipSync(Buffer.concat(bytes)).toString();
  }

  return {
    async beginRequest(id, record) {
      if (await put({ ...keyOf(id), ...record })) return record;
      const stored = await read(id);
      if (!stored) throw new OffairError("ERR_LEDGER", `the request ${id} is gone`);
      const { answerParts, ...earlier } = stored;
      if (answerParts === undefined) return earlier;
      const answer = await readAnswer(id, earlier.holder, answerParts);
      return answer === undefined ? { ...earlier, isAnswerGone: true } : { ...earlier, answer };
    },

    async passRequest(id, holder, to) {
      const condition = "#holder = :before AND attribute_not_exists(answerParts)";
      if (await update(keyOf(id), { set: { ...to }, condition, values: { ":before": holder } })) return true;
      const stored = await read(id); // written before, if the SDK repeated a request whose response was lost
      return stored?.holder === to.holder && stored.heldUntil === to.heldUntil;
    },

    async answerRequest(id, { holder, startedAt }, answer) {
      const whole = gzipSync(answer);
      const count = Math.ceil(whole.length / PART_BYTES);
      const write = (_: unknown, part: number) => {
        const bytes = whole.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
        return put({ ...partKey(id, holder, part), bytes, expiresAt: expiryOf({ startedAt }) });
      };
      await Promise.all(Array.from({ length: count }, write));
      const condition = "holder = :holder AND attribute_not_exists(#answerParts)";
      const change = { set: { answerParts: count }, condition, values: { ":holder": holder } };
      if (await update(keyOf(id), change)) return true;
      const after = await read(id);
      return after?.holder === holder && after.answerParts !== undefined;
    },
  };
}
