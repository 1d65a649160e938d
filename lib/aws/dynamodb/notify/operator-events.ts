/** What operators read of the delivery of events, and what they write: everything but the ledger's items of the outbox. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { NotifyStore } from "../../../notify/stores.ts";
import { openTable } from "../table.ts";
import { createDeliveryStore } from "./deliveries.ts";
import { listDue } from "./due.ts";
import { createEventLog } from "./event-log.ts";
import { createSubscriberStore } from "./subscribers.ts";

/** @throws OffairError `ERR_LEDGER` from every function. */
export function createOperatorEvents(
  dynamo: DynamoDBClient,
  tableName: string,
): Omit<NotifyStore, "readOutbox" | "removeFromOutbox"> {
  const table = openTable(dynamo, tableName, () => new Date());
  return {
    listDue: (at, limit) => listDue(table, at, limit),
    ...createEventLog(dynamo, tableName, table),
    ...createDeliveryStore(table),
    ...createSubscriberStore(table),
  };
}
