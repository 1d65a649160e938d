/** How many streams were live when an audit last counted them: one item, written by the audit, read by the worker. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { formatIssues, issuesOf } from "../../core/issues.ts";
import type { LiveStreams } from "../../safeguards/action-limits.ts";
import { openTable } from "./table.ts";

const KEY = { pk: "AUDIT", sk: "LIVE_STREAMS" } as const;

const liveStreamsSchema = z.object({
  count: z.number().int().min(0),
  countedAt: z.iso.datetime({ precision: 3 }), // one form, so that instants compare as text
});

/** @throws OffairError `ERR_LEDGER` from both functions. */
export function createLiveStreams(dynamo: DynamoDBClient, tableName: string) {
  const { get, update } = openTable(dynamo, tableName, () => new Date());

  return {
    /** Undefined while nobody has counted. */
    async read(): Promise<LiveStreams | undefined> {
      const item = await get(KEY);
      return item && parse(item);
    },

    /**
     * An older count than the one that is there changes nothing.
     *
     * @param liveStreams - `countedAt` in UTC with milliseconds.
     */
    async write(liveStreams: LiveStreams): Promise<void> {
      const condition = "attribute_not_exists(pk) OR #countedAt < :countedAt";
      await update(KEY, { set: parse(liveStreams), condition });
    },
  };
}

function parse(value: unknown): LiveStreams {
  const { data, error } = liveStreamsSchema.safeParse(value);
  if (error) {
    throw new OffairError(
      "ERR_LEDGER",
      `the count of live streams is not as written: ${formatIssues(issuesOf(error))}`,
    );
  }
  return data;
}
