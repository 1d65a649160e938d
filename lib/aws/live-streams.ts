/** How many streams were live when an audit last counted them: one item, written by the audit, read by the worker. */
import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { OffairError } from "../errors.ts";
import { faultsOf, formatFaults } from "../faults.ts";
import type { LiveStreams } from "../moderation/ledger.ts";

const KEY = { pk: "AUDIT", sk: "LIVE_STREAMS" } as const;

const liveStreamsSchema = z.object({
  count: z.number().int().min(0),
  countedAt: z.iso.datetime({ precision: 3 }), // one form, so that instants compare as text
});

/** @throws OffairError `ERR_LEDGER` from both functions. */
export function createLiveStreams(dynamo: DynamoDBClient, table: string) {
  const client = DynamoDBDocumentClient.from(dynamo);

  return {
    /** Undefined while nobody has counted. */
    async read(): Promise<LiveStreams | undefined> {
      const request = new GetCommand({ TableName: table, Key: KEY, ConsistentRead: true });
      const { Item } = await client.send(request).catch((cause) => {
        throw new OffairError("ERR_LEDGER", "the ledger cannot be read", { cause });
      });
      return Item && parse(Item);
    },

    /**
     * An older count than the one that is there changes nothing.
     *
     * @param liveStreams - `countedAt` in UTC with milliseconds.
     */
    async write(liveStreams: LiveStreams): Promise<void> {
      const { count, countedAt } = parse(liveStreams);
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: { ...KEY, count, countedAt },
            ConditionExpression: "attribute_not_exists(pk) OR countedAt < :countedAt",
            ExpressionAttributeValues: { ":countedAt": countedAt },
          }),
        );
      } catch (cause) {
        if (cause instanceof ConditionalCheckFailedException) return;
        throw new OffairError("ERR_LEDGER", "the ledger cannot be written", { cause });
      }
    },
  };
}

function parse(value: unknown): LiveStreams {
  const { data, error } = liveStreamsSchema.safeParse(value);
  if (error) {
    throw new OffairError(
      "ERR_LEDGER",
      `the count of live streams is not as written: ${formatFaults(faultsOf(error))}`,
    );
  }
  return data;
}
