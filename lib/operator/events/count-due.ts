/** Counts what nobody has delivered although it is due, for `offair doctor`. */
import type { NotifyStore } from "../../notify/stores.ts";

/** Enough to know that nothing is delivered. */
const MAX_DUE = 100;

/** Without replays, which stay due until they are finished. */
export async function countDue(
  before: Date,
  { listDue }: Pick<NotifyStore, "listDue">,
): Promise<{ readonly count: number; readonly more: boolean }> {
  const due = await listDue(before, MAX_DUE);
  return { count: due.filter(({ kind }) => kind !== "replay").length, more: due.length === MAX_DUE };
}
