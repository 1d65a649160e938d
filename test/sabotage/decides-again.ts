/** Saboteur: a report that has ended and comes again is decided on anew, and the new decision takes the place of the one in the ledger. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createLedger as createRightLedger } from "../../lib/aws/dynamodb/ledger.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";

export * from "../../lib/aws/dynamodb/ledger.ts";

export function createLedger(dynamo: DynamoDBClient, table: string): Ledger {
  const ledger = createRightLedger(dynamo, table);
  const client = DynamoDBDocumentClient.from(dynamo);
  return {
    ...ledger,
    async readReport(key) {
      const record = await ledger.readReport(key);
      return record?.outcome === undefined ? record : undefined;
    },
    async recordDecision(record) {
      const Key = { pk: `REPORT#${record.key}`, sk: "REPORT" };
      await client.send(new DeleteCommand({ TableName: table, Key }));
      return ledger.recordDecision(record);
    },
  };
}
