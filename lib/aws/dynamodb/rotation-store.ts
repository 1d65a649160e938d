/** Stores the record of a Huawei user's access keys and their rotation: `ROTATION#{user}`, `STATE`. */
import { randomUUID } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type RotationStore, rotationRecordSchema } from "../../rotation/rotation-record.ts";
import { openTable, parseItem, replaceItem } from "./table.ts";

/** @throws OffairError `ERR_LEDGER` from both functions. */
export function createRotationStore(dynamo: DynamoDBClient, tableName: string, user: string): RotationStore {
  const table = openTable(dynamo, tableName, () => new Date());
  const key = { pk: `ROTATION#${user}`, sk: "STATE" };
  return {
    async read() {
      const item = await table.get(key);
      if (!item) return undefined;
      return {
        record: parseItem(rotationRecordSchema, item, `the record of the rotation of ${user}`),
        revision: String(item.revision),
      };
    },
    async write(record, before) {
      const revision = randomUUID();
      const item = { ...key, ...JSON.parse(JSON.stringify(record)), revision }; // dates as text, without undefined ones
      // The revision is the one of this request if the SDK repeated the request after its response was lost.
      return (await replaceItem(table, item, before)) || (await table.get(key))?.revision === revision;
    },
  };
}
