/** The real ledger adapter on a DynamoDB that speaks the real protocol, in this process. */
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll } from "@jest/globals";
import { createLedger } from "../../lib/aws/dynamodb/ledger.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import { TABLE, useTable } from "./table.ts";

export interface TestLedger {
  readonly ledger: Ledger;
  /** Every item as stored. */
  scan(): Promise<Record<string, unknown>[]>;
}

/** Call once at the top of a test file; `current` holds the ledger while tests run. */
export function useLedger(): { current: TestLedger } {
  const table = useTable();
  const holder = {} as { current: TestLedger };
  beforeAll(() => {
    const { dynamo, documents } = table.current;
    holder.current = {
      ledger: createLedger(dynamo, TABLE),
      scan: async () => (await documents.send(new ScanCommand({ TableName: TABLE }))).Items ?? [],
    };
  });
  return holder;
}
