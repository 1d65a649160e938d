/** The real ledger adapter on a DynamoDB that speaks the real protocol, in this process. */
import { beforeAll } from "@jest/globals";
import { createLedger } from "../../lib/aws/dynamodb/ledger.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import { TABLE, useTable } from "./table.ts";

/** Call once at the top of a test file; `current` holds the ledger while tests run. */
export function useLedger(): { current: Ledger } {
  const table = useTable();
  const holder = {} as { current: Ledger };
  beforeAll(() => {
    holder.current = createLedger(table.current.dynamo, TABLE);
  });
  return holder;
}
