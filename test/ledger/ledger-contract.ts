/**
 * What every ledger does, whatever it stores its records in: the one on DynamoDB and the one in memory that domain tests work with.
 * test/aws/dynamodb/ledger-model.integration.test.ts holds the two against each other on random stories.
 */
import { modeContract } from "./mode-contract.ts";
import { ordersContract } from "./orders-contract.ts";
import { overturnsContract } from "./overturns-contract.ts";
import { plansContract } from "./plans-contract.ts";
import { recentReportsContract } from "./recent-reports-contract.ts";
import type { CreateLedger } from "./records.ts";
import { reviewContract } from "./review-contract.ts";

/** Call once in a test file. */
export function ledgerContract(create: CreateLedger): void {
  ordersContract(create);
  recentReportsContract(create);
  reviewContract(create);
  overturnsContract(create);
  plansContract(create);
  modeContract(create);
}
