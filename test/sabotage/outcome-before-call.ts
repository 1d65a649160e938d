/** Saboteur: the outcome of an order is written with its intent, before Live was asked. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createLedger as createRightLedger } from "../../lib/aws/dynamodb/ledger.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";

export * from "../../lib/aws/dynamodb/ledger.ts";

export function createLedger(dynamo: DynamoDBClient, table: string): Ledger {
  const ledger = createRightLedger(dynamo, table);
  return {
    ...ledger,
    async beginAttempt(order, at) {
      const begun = await ledger.beginAttempt(order, at);
      await ledger.endOrder(begun, { outcome: order.action === "pause" ? "accepted" : "verified", endedAt: at });
      return begun;
    },
  };
}
