/** What all functions know of the access keys of a Huawei user: for whoever does not hold the key, and so cannot name its item. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { openTable } from "./table.ts";

/** A pair that was put in is an item, kept for 90 days. */
const PAGE = 50;

/**
 * @returns the states as written, to be read by lib/huawei/admission/key-state.ts.
 * @throws OffairError `ERR_LEDGER`
 */
export function createReadKeyStates(dynamo: DynamoDBClient, tableName: string) {
  const { pages } = openTable(dynamo, tableName, () => new Date());
  return async (user: "worker" | "audit"): Promise<string[]> => {
    const states: string[] = [];
    for await (const items of pages(`KEY#${user}`, "", PAGE, true))
      states.push(...items.map(({ state }) => String(state)));
    return states;
  };
}
