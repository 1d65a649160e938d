/** What the delivery of events keeps in the ledger's table, and its outbox: the stores of lib/notify/stores.ts on DynamoDB. */
import { randomUUID } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { NotifyStore } from "../../../notify/stores.ts";
import { openTable } from "../table.ts";
import { createDeliveryStore } from "./deliveries.ts";
import { createEventLog } from "./event-log.ts";
import { createOutboxStore } from "./outbox-store.ts";
import { createSubscriberStore } from "./subscribers.ts";

export interface NotifyStoreOptions {
  /** Returns a unique text. */
  readonly newId?: () => string;
}

/** @throws OffairError `ERR_LEDGER` from every function. */
export function createNotifyStore(
  dynamo: DynamoDBClient,
  tableName: string,
  { newId = randomUUID }: NotifyStoreOptions = {},
): NotifyStore {
  const table = openTable(dynamo, tableName, () => new Date());
  return {
    ...createOutboxStore(table),
    ...createEventLog(dynamo, tableName, table),
    ...createDeliveryStore(table),
    ...createSubscriberStore(table, newId),
  };
}
