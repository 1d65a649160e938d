/**
 * What all functions together know of Live's pace and keys, in the ledger's table. By the Huawei user, so that a role reaches only
 * its own.
 *
 * | pk | sk | what |
 * | --- | --- | --- |
 * | `PACE#user#quota` | the slice's start | leases taken of it, and whether the urgent queue was there |
 * | `KEY#user` | hash of the access key | what is proven, blocked or being tried, see lib/huawei/admission/key-state.ts |
 */
import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { OffairError } from "../../core/errors.ts";
import { DAY_MS, SECOND_MS } from "../../core/time.ts";

/** Past this, a key that nobody used since is forgotten. */
const KEY_KEPT_MS = 90 * DAY_MS;

export interface Lease {
  readonly quota: string;
  readonly sliceStart: Date;
  readonly live: boolean;
  readonly upTo: number;
  readonly upToAlone: number;
  readonly expiresAt: Date;
}

const epochSeconds = (date: Date): number => Math.ceil(date.getTime() / SECOND_MS); // as DynamoDB's TTL wants it

/** @throws OffairError `ERR_LEDGER` from every function. */
export function createAdmissionStore(dynamo: DynamoDBClient, table: string, user: string, now: () => Date) {
  const client = DynamoDBDocumentClient.from(dynamo);
  const slice = (quota: string, start: Date) => ({ pk: `PACE#${user}#${quota}`, sk: start.toISOString() });
  const keyId = (key: string) => ({ pk: `KEY#${user}`, sk: key });

  /** @returns whether the condition held. */
  async function attempt(request: () => Promise<unknown>): Promise<boolean> {
    try {
      await request();
      return true;
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) return false;
      throw new OffairError("ERR_LEDGER", "the ledger cannot be written", { cause });
    }
  }

  async function readKey(key: string): Promise<{ state: string; revision: string } | undefined> {
    try {
      const request = new GetCommand({ TableName: table, Key: keyId(key), ConsistentRead: true });
      const { Item } = await client.send(request);
      return Item && { state: String(Item.state), revision: String(Item.revision) };
    } catch (cause) {
      throw new OffairError("ERR_LEDGER", "the ledger cannot be read", { cause });
    }
  }

  return {
    /** An answer that is lost, and repeated by the SDK, counts twice: rather a lease too few. */
    takeLease: ({ quota, sliceStart, live, upTo, upToAlone, expiresAt }: Lease): Promise<boolean> =>
      attempt(() =>
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: slice(quota, sliceStart),
            UpdateExpression: `SET expiresAt = :expiresAt${live ? ", live = :yes" : ""} ADD used :one`,
            ConditionExpression:
              "(attribute_not_exists(used) AND :upToAlone > :none) OR used < :upTo OR (attribute_not_exists(live) AND used < :upToAlone)",
            ExpressionAttributeValues: {
              ...{ ":one": 1, ":none": 0, ":upTo": upTo, ":upToAlone": upToAlone },
              ...{ ":expiresAt": epochSeconds(expiresAt), ...(live && { ":yes": true }) },
            },
          }),
        ),
      ),

    async forfeitLeases({
      quota,
      sliceStart,
      leases,
      expiresAt,
    }: Pick<Lease, "quota" | "sliceStart" | "expiresAt"> & { readonly leases: number }): Promise<void> {
      await attempt(() =>
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: slice(quota, sliceStart),
            UpdateExpression: "SET expiresAt = :expiresAt ADD used :leases",
            ExpressionAttributeValues: { ":leases": leases, ":expiresAt": epochSeconds(expiresAt) },
          }),
        ),
      );
    },

    async blockSlices({
      quota,
      sliceStarts,
      budget,
      expiresAt,
    }: {
      readonly quota: string;
      readonly sliceStarts: readonly Date[];
      readonly budget: number;
      readonly expiresAt: Date;
    }): Promise<void> {
      await Promise.all(
        sliceStarts.map((start) =>
          attempt(() =>
            client.send(
              new UpdateCommand({
                TableName: table,
                Key: slice(quota, start),
                UpdateExpression: "SET expiresAt = :expiresAt, used = :budget",
                ExpressionAttributeValues: { ":budget": budget, ":expiresAt": epochSeconds(expiresAt) },
              }),
            ),
          ),
        ),
      );
    },

    readKey,

    async replaceKey(key: string, state: string, revision: string, before: string | undefined): Promise<boolean> {
      const expiresAt = epochSeconds(new Date(now().getTime() + KEY_KEPT_MS));
      const replaced = await attempt(() =>
        client.send(
          new PutCommand({
            TableName: table,
            Item: { ...keyId(key), state, revision, expiresAt },
            ...(before === undefined
              ? { ConditionExpression: "attribute_not_exists(pk)" }
              : {
                  ConditionExpression: "#revision = :before",
                  ExpressionAttributeNames: { "#revision": "revision" },
                  ExpressionAttributeValues: { ":before": before },
                }),
          }),
        ),
      );
      // our own revision: an attempt of this very request whose answer was lost, repeated by the SDK
      return replaced || (await readKey(key))?.revision === revision;
    },
  };
}
