/** Stores how many streams were live at an audit's last count: one item, written by the audit, read by the worker. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { LiveStreams } from "../../safeguards/action-limits.ts";
import { openTable, parseItem } from "./table.ts";

const KEY = { pk: "AUDIT", sk: "LIVE_STREAMS" } as const;

const liveStreamsSchema = z.object({
  count: z.number().int().min(0),
  countedAt: z.iso.datetime({ precision: 3 }), // fixed precision, so that times compare as text
});

const parse = (value: unknown): LiveStreams => parseItem(liveStreamsSchema, value, "the count of live streams");

/** @throws OffairError `ERR_LEDGER` from both functions. */
export function createLiveStreams(dynamo: DynamoDBClient, tableName: string) {
  const { get, update } = openTable(dynamo, tableName, () => new Date());

  return {
    /** Undefined if there is no count yet. */
    async read(): Promise<LiveStreams | undefined> {
      const item = await get(KEY);
      return item && parse(item);
    },

    /**
     * Writes the count if it is newer than the stored one.
     *
     * @param liveStreams - `countedAt` in UTC with milliseconds.
     */
    async write(liveStreams: LiveStreams): Promise<void> {
      const condition = "attribute_not_exists(pk) OR #countedAt < :countedAt";
      await update(KEY, { set: parse(liveStreams), condition });
    },
  };
}
