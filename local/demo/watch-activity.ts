/** Reads what has changed in the ledger since the last look: the functions tell nothing more than they do on AWS. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { exportEvents } from "../../lib/aws/dynamodb/export-events.ts";
import { type Activity, activityOf } from "./activity.ts";

/** An item carries the time of its write, and can be there a moment later. */
const OVERLAP_MS = 5_000;

/**
 * @param since - what happened before is not told.
 * @returns what is new at each call, each thing once, in the order of its end.
 */
export function createActivityReader(
  dynamo: DynamoDBClient,
  table: string,
  since: Date,
): (now: Date) => Promise<Activity[]> {
  let from = since;
  let told = new Set<string>();
  return async (now) => {
    const seen = new Set<string>();
    const fresh: Activity[] = [];
    for await (const event of exportEvents(dynamo, table, { from, until: new Date(now.getTime() + 1) })) {
      const activity = activityOf(event);
      if (!activity) continue;
      const identity = JSON.stringify(activity);
      if (!told.has(identity) && !seen.has(identity)) fresh.push(activity);
      seen.add(identity);
    }
    told = seen;
    from = new Date(Math.max(since.getTime(), now.getTime() - OVERLAP_MS));
    return fresh;
  };
}
