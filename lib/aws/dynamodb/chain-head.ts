/** Which link of the chain is the last, as the audit that wrote it said: one item, a hint where to look, and a witness outside of the archive. */
import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { formatIssues, issuesOf } from "../../core/issues.ts";

const KEY = { pk: "AUDIT", sk: "HEAD" } as const;

const headSchema = z.object({
  number: z.number().int().min(1),
  /** Of the manifest as stored. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The last of the schedule; absent while there was none. */
  slot: z.iso.datetime().optional(),
  writtenAt: z.iso.datetime(),
});
export type StoredChainHead = Readonly<z.infer<typeof headSchema>>;

/** @throws OffairError `ERR_LEDGER` from both functions. */
export function createChainHead(dynamo: DynamoDBClient, table: string) {
  const client = DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } });

  return {
    /** Undefined while there is no chain. The true head may have a higher number, where an audit ended before it could say so. */
    async read(): Promise<StoredChainHead | undefined> {
      const request = new GetCommand({ TableName: table, Key: KEY, ConsistentRead: true });
      const { Item } = await client.send(request).catch((cause) => {
        throw new OffairError("ERR_LEDGER", "the ledger cannot be read", { cause });
      });
      return Item && parse(Item);
    },

    /** A number that is not higher than the one that is there changes nothing. */
    async write(head: StoredChainHead): Promise<void> {
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: { ...KEY, ...parse(head) },
            ConditionExpression: "attribute_not_exists(pk) OR #number < :number",
            ExpressionAttributeNames: { "#number": "number" },
            ExpressionAttributeValues: { ":number": head.number },
          }),
        );
      } catch (cause) {
        if (cause instanceof ConditionalCheckFailedException) return;
        if (cause instanceof OffairError) throw cause;
        throw new OffairError("ERR_LEDGER", "the ledger cannot be written", { cause });
      }
    },
  };
}

function parse(value: unknown): StoredChainHead {
  const { data, error } = headSchema.safeParse(value);
  if (error)
    throw new OffairError("ERR_LEDGER", `the head of the chain is not as written: ${formatIssues(issuesOf(error))}`);
  return data;
}
