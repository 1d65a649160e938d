/**
 * The rate counters and key states that all functions share, in the ledger's table. Keys contain the Huawei user, so that a role can be
 * restricted to its own user's items.
 *
 * | pk | sk | content |
 * | --- | --- | --- |
 * | `RATE#user` | start of the slice, and its length if that is not the usual one | for each quota the leases taken from the slice; whether an urgent call took one; the loans of lanes |
 * | `KEY#user` | hash of the access key | the state in lib/huawei/admission/key-state.ts, and the last block, which is an event |
 */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { DAY_MS, MINUTE_MS } from "../../core/time.ts";
import type { AdmissionStore } from "../../huawei/admission/admission.ts";
import { FOREVER_MS, type KeyBlock } from "../../huawei/admission/key-state.ts";
import { AHEAD, type SharedSlice } from "../../huawei/admission/lease-store.ts";
import { USUAL_SLICE_MS } from "../../huawei/admission/rate-slices.ts";
import { isUnchanged } from "./item-change.ts";
import { markAt } from "./notify/outbox-marks.ts";
import { epochSeconds, type Item, listItems, openTable, type TableOptions } from "./table.ts";

const SLICE_TTL_MS = 10 * MINUTE_MS;
/** The state of a key that is not used for this long expires. */
const KEY_TTL_MS = 90 * DAY_MS;

const KEYS_A_PAGE = 50;

/** @throws OffairError `ERR_LEDGER` from every function. */
export function createAdmissionStore(
  dynamo: DynamoDBClient,
  table: string,
  user: string,
  now: () => Date,
  { onOutbox }: TableOptions = {},
): AdmissionStore {
  const { attempt, get, update } = openTable(dynamo, table, now);
  const keyId = (key: string) => ({ pk: `KEY#${user}`, sk: key });
  const sliceId = (sliceStart: Date, sliceMs = USUAL_SLICE_MS) => ({
    pk: `RATE#${user}`,
    sk: `${sliceStart.toISOString()}${sliceMs === USUAL_SLICE_MS ? "" : `#${sliceMs}`}`,
  });

  const expiryAfter = (ms: number): number => epochSeconds(new Date(now().getTime() + ms));

  /** Updates the item of a slice. Each expression also sets `expiresAt`. @returns undefined if the condition did not hold. */
  const updateSlice = (
    { sliceStart, sliceMs }: { sliceStart: Date; sliceMs?: number },
    { expression, names, values, ...more }: SliceUpdate,
  ) =>
    attempt("be written", (client, TableName) =>
      client.send(
        new UpdateCommand({
          TableName,
          Key: sliceId(sliceStart, sliceMs),
          UpdateExpression: `SET expiresAt = :expiresAt${expression}`,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: { ":expiresAt": expiryAfter(SLICE_TTL_MS), ...values },
          ...more,
        }),
      ),
    );

  async function readKey(key: string): Promise<{ state: string; revision: string } | undefined> {
    const item = await get(keyId(key));
    return item && { state: String(item.state), revision: String(item.revision) };
  }

  return {
    /** If the SDK repeats a request whose response was lost, the lease counts twice, which only wastes one. */
    async takeLease({ quota, urgent, loan, upTo, upToWithoutUrgent, ...slice }) {
      const taken = await updateSlice(slice, {
        expression: `${urgent ? ", urgent = :yes" : ""}${loan ? ", #lent = :until" : ""} ADD #used :one`,
        names: { "#used": usedOf(quota), ...(loan && { "#lent": lentTo(loan.environment) }) },
        values: {
          ...{ ":one": 1, ":none": 0, ":upTo": upTo, ":upToWithoutUrgent": upToWithoutUrgent },
          ...(urgent && { ":yes": true }),
          ...(loan && { ":until": loan.untilMs }),
        },
        ConditionExpression: loan ? `attribute_not_exists(urgent) AND (${HAS_LEASES})` : HAS_LEASES,
        ...(urgent && { ReturnValues: "ALL_NEW" }),
      });
      return { granted: taken !== undefined, loans: sharedSlice(taken?.Attributes ?? {}).loans };
    },

    readSlice: async (sliceStart) => sharedSlice((await get(sliceId(sliceStart))) ?? {}),

    async lendAhead({ environment, ...slice }) {
      const lent = await updateSlice(slice, {
        expression: ", #lent = :ahead",
        names: { "#lent": lentTo(environment) },
        values: { ":ahead": AHEAD },
        ConditionExpression: "attribute_not_exists(urgent)",
      });
      return lent !== undefined;
    },

    async endLoans({ environment, sliceStarts }) {
      const update = { expression: " REMOVE #lent", names: { "#lent": lentTo(environment) } };
      await Promise.all(sliceStarts.map((sliceStart) => updateSlice({ sliceStart }, update)));
    },

    async forfeitLeases({ quota, leases, ...slice }) {
      const names = { "#used": usedOf(quota) };
      await updateSlice(slice, { expression: " ADD #used :leases", names, values: { ":leases": leases } });
    },

    async blockSlices({ quota, sliceStarts, budget, ...slice }) {
      const names = { "#used": usedOf(quota) };
      const update = { expression: ", #used = :budget", names, values: { ":budget": budget } };
      await Promise.all(sliceStarts.map((sliceStart) => updateSlice({ ...slice, sliceStart }, update)));
    },

    readKey,

    async replaceKey(key, state, revision, before, block) {
      const isWritten = await update(keyId(key), {
        set: {
          ...{ state, revision, expiresAt: expiryAfter(KEY_TTL_MS) },
          ...(block && { blocked: formatBlock(block), ...markAt(now()) }),
        },
        condition: isUnchanged("revision", before),
        values: { ":before": before },
      });
      // The revision is the one of this request if the SDK repeated the request after its response was lost.
      const isOurs = isWritten || (await readKey(key))?.revision === revision;
      if (isOurs && block) onOutbox?.(keyId(key));
      return isOurs;
    },
  };
}

/**
 * For a function that does not have the keys of a Huawei user, and cannot compute the names of their items.
 *
 * @returns the stored states of all of them, for `parseKeyState` of lib/huawei/admission/key-state.ts: each key that was used in the last 90 days.
 * @throws OffairError `ERR_LEDGER`
 */
export function createReadKeyStates(dynamo: DynamoDBClient, tableName: string) {
  const table = openTable(dynamo, tableName, () => new Date());
  return async (user: string): Promise<string[]> =>
    (await listItems(table, `KEY#${user}`, "", KEYS_A_PAGE)).map(({ state }) => String(state));
}

interface SliceUpdate {
  /** What follows the change of `expiresAt`. */
  readonly expression: string;
  readonly names: Record<string, string>;
  readonly values?: Record<string, unknown>;
  readonly ConditionExpression?: string;
  readonly ReturnValues?: "ALL_NEW";
}

const usedOf = (quota: string): string => `used#${quota}`;
const LENT = "lent#";
const lentTo = (environment: string): string => LENT + environment;

/** An urgent call of another quota may have marked the slice before this quota's first lease. */
const HAS_LEASES = [
  "(attribute_not_exists(#used) AND (:upTo > :none OR (attribute_not_exists(urgent) AND :upToWithoutUrgent > :none)))",
  "#used < :upTo",
  "(attribute_not_exists(urgent) AND #used < :upToWithoutUrgent)",
].join(" OR ");

function sharedSlice(item: Item): SharedSlice {
  const lent = Object.entries(item).filter(([name]) => name.startsWith(LENT));
  return {
    urgent: item.urgent === true,
    loans: Object.fromEntries(lent.map(([name, untilMs]) => [name.slice(LENT.length), Number(untilMs)])),
  };
}

/** As the event needs it: without `until`, only another secret ends the block. */
const formatBlock = ({ sinceMs, untilMs }: KeyBlock) => ({
  since: new Date(sinceMs).toISOString(),
  ...(untilMs !== FOREVER_MS && { until: new Date(untilMs).toISOString() }),
});
