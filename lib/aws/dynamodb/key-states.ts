/** Reads the states of all access keys of a Huawei user, for a function that does not have the key and cannot compute its item's name. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { openTable } from "./table.ts";

/** Each key that was used in the last 90 days is an item. */
const PAGE = 50;

/**
 * @returns the stored states, for `parseKeyState` of lib/huawei/admission/key-state.ts.
 * @throws OffairError `ERR_LEDGER`
 */
export function createReadKeyStates(dynamo: DynamoDBClient, tableName: string) {
  const { pages } = openTable(dynamo, tableName, () => new Date());
  return async (user: string): Promise<string[]> => {
    const states: string[] = [];
    for await (const items of pages(`KEY#${user}`, "", PAGE, true))
      states.push(...items.map(({ state }) => String(state)));
    return states;
  };
}
