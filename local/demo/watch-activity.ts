/** Reads the changes in the ledger since the last call. The functions need no extra output for it. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { exportEvents } from "../../lib/aws/dynamodb/export-events.ts";
import { type Activity, activityOf } from "./activity.ts";

/** An item has the time of its write, but may become readable a moment later. */
const OVERLAP_MS = 5_000;

/**
 * @param since - earlier events are left out.
 * @returns a function that returns the new events at each call, each event once, in the order in which they ended.
 */
export function createActivityReader(
  dynamo: DynamoDBClient,
  table: string,
  since: Date,
): (now: Date) => Promise<Activity[]> {
  let from = since;
  let known = new Set<string>();
  return async (now) => {
    const seen = new Set<string>();
    const fresh: Activity[] = [];
    for await (const event of exportEvents(dynamo, table, { from, until: new Date(now.getTime() + 1) })) {
      const activity = activityOf(event);
      if (!activity) continue;
      const identity = JSON.stringify(activity);
      if (!known.has(identity) && !seen.has(identity)) fresh.push(activity);
      seen.add(identity);
    }
    known = seen;
    from = new Date(Math.max(since.getTime(), now.getTime() - OVERLAP_MS));
    return fresh;
  };
}
