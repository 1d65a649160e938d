/** Saboteur: a pause that Live accepted is recorded as verified, and nothing has proven it. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createLedger as createRightLedger } from "../../lib/aws/dynamodb/ledger.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";

export * from "../../lib/aws/dynamodb/ledger.ts";

export function createLedger(dynamo: DynamoDBClient, table: string): Ledger {
  const ledger = createRightLedger(dynamo, table);
  return {
    ...ledger,
    endAttempt: (order, attempt, end) =>
      ledger.endAttempt(
        order,
        attempt,
        end && "outcome" in end && end.outcome === "accepted" ? { ...end, outcome: "verified" } : end,
      ),
  };
}
