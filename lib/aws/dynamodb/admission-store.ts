/**
 * The rate counters and key states that all functions share, in the ledger's table. Keys contain the Huawei user, so that a role can be
 * restricted to its own user's items.
 *
 * | pk | sk | content |
 * | --- | --- | --- |
 * | `RATE#user#quota` | start of the slice | leases taken from the slice, and whether an urgent call took one |
 * | `KEY#user` | hash of the access key | the state in lib/huawei/admission/key-state.ts, and the last block, which is an event |
 */
import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { OffairError } from "../../core/errors.ts";
import { DAY_MS } from "../../core/time.ts";
import type { AdmissionStore } from "../../huawei/admission/admission.ts";
import { FOREVER_MS, type KeyBlock } from "../../huawei/admission/key-state.ts";
import { markAt } from "./notify/outbox-marks.ts";
import { epochSeconds, type TableOptions } from "./table.ts";

/** The state of a key that is not used for this long expires. */
const KEY_TTL_MS = 90 * DAY_MS;

/** @throws OffairError `ERR_LEDGER` from every function. */
export function createAdmissionStore(
  dynamo: DynamoDBClient,
  table: string,
  user: string,
  now: () => Date,
  { onOutbox }: TableOptions = {},
): AdmissionStore {
  const client = DynamoDBDocumentClient.from(dynamo);
  const keyId = (key: string) => ({ pk: `KEY#${user}`, sk: key });

  /** @returns false if the condition did not hold. */
  async function attempt(request: () => Promise<unknown>): Promise<boolean> {
    try {
      await request();
      return true;
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) return false;
      throw new OffairError("ERR_LEDGER", "the ledger cannot be written", { cause });
    }
  }

  /** Updates the counter of a slice. Each expression also sets `expiresAt`. */
  const updateSlice = (
    { quota, sliceStart, expiresAt }: { quota: string; sliceStart: Date; expiresAt: Date },
    expression: string,
    values: Record<string, unknown>,
    condition?: string,
  ): Promise<boolean> =>
    attempt(() =>
      client.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk: `RATE#${user}#${quota}`, sk: sliceStart.toISOString() },
          UpdateExpression: `SET expiresAt = :expiresAt${expression}`,
          ConditionExpression: condition,
          ExpressionAttributeValues: { ":expiresAt": epochSeconds(expiresAt), ...values },
        }),
      ),
    );

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
    /** If the SDK repeats a request whose response was lost, the lease counts twice, which only wastes one. */
    takeLease: ({ urgent, upTo, upToWithoutUrgent, ...slice }) =>
      updateSlice(
        slice,
        `${urgent ? ", urgent = :yes" : ""} ADD used :one`,
        {
          ":one": 1,
          ":none": 0,
          ":upTo": upTo,
          ":upToWithoutUrgent": upToWithoutUrgent,
          ...(urgent && { ":yes": true }),
        },
        "(attribute_not_exists(used) AND :upToWithoutUrgent > :none) OR used < :upTo OR (attribute_not_exists(urgent) AND used < :upToWithoutUrgent)",
      ),

    async forfeitLeases({ leases, ...slice }) {
      await updateSlice(slice, " ADD used :leases", { ":leases": leases });
    },

    async blockSlices({ sliceStarts, budget, ...slice }) {
      await Promise.all(
        sliceStarts.map((sliceStart) =>
          updateSlice({ ...slice, sliceStart }, ", used = :budget", { ":budget": budget }),
        ),
      );
    },

    readKey,

    async replaceKey(key, state, revision, before, block) {
      const expiresAt = epochSeconds(new Date(now().getTime() + KEY_TTL_MS));
      const set = { state, revision, expiresAt, ...(block && { blocked: formatBlock(block), ...markAt(now()) }) };
      const names = Object.keys(set);
      const replaced = await attempt(() =>
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: keyId(key),
            UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}`,
            ConditionExpression: before === undefined ? "attribute_not_exists(pk)" : "#revision = :before",
            ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
            ExpressionAttributeValues: {
              ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
              ...(before !== undefined && { ":before": before }),
            },
          }),
        ),
      );
      // The revision is the one of this request if the SDK repeated the request after its response was lost.
      const isOurs = replaced || (await readKey(key))?.revision === revision;
      if (isOurs && block) onOutbox?.(keyId(key));
      return isOurs;
    },
  };
}

/** As the event needs it: without `until`, only another secret ends the block. */
const formatBlock = ({ sinceMs, untilMs }: KeyBlock) => ({
  since: new Date(sinceMs).toISOString(),
  ...(untilMs !== FOREVER_MS && { until: new Date(untilMs).toISOString() }),
});
