/** Stores the result of the clock's last sweep, for `offair doctor`. It is no evidence, and not exported: the cases have their alarms. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { Swept } from "../../clock/sweep.ts";
import { openTable, parseItem } from "./table.ts";

const LAST = { pk: "CLOCK", sk: "LAST" };

const instant = z.iso.datetime();
const sweptSchema: z.ZodType<Swept> = z.object({
  sweptAt: instant,
  open: z.number(),
  overdue: z.number(),
  oldestAt: instant.exactOptional(),
});

/** @throws OffairError `ERR_LEDGER` from both functions. */
export function createClockStore(dynamo: DynamoDBClient, tableName: string) {
  const { get, update } = openTable(dynamo, tableName, () => new Date());
  return {
    async writeSwept({ oldestAt, ...swept }: Swept): Promise<void> {
      await update(LAST, { set: { ...swept, oldestAt } }); // without one, that of the sweep before is removed
    },
    /** Undefined before the first sweep. */
    async readSwept(): Promise<Swept | undefined> {
      const item = await get(LAST);
      return item && parseItem(sweptSchema, item, "the result of the clock's last sweep");
    },
  };
}
