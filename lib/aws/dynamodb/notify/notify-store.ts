/** What the delivery of events keeps in the ledger's table, and its outbox: the stores of lib/notify/stores.ts on DynamoDB. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { NotifyStore } from "../../../notify/stores.ts";
import { openTable } from "../table.ts";
import { createOperatorEvents } from "./operator-events.ts";
import { createOutboxStore } from "./outbox-store.ts";

/** @throws OffairError `ERR_LEDGER` from every function. */
export const createNotifyStore = (dynamo: DynamoDBClient, tableName: string): NotifyStore => ({
  ...createOperatorEvents(dynamo, tableName),
  ...createOutboxStore(openTable(dynamo, tableName, () => new Date())),
});
