/** What one invocation of `notify` does: all keys of its messages together, and at most one sweep. */
import { describeError, logWarn } from "../core/log.ts";
import type { Tally } from "./run.ts";
import type { ItemKey } from "./stores.ts";
import type { Notify } from "./sweep.ts";
import { parseWakeMessage, type WakeMessage } from "./wake-message.ts";

export interface InvocationDeps {
  readonly notify: Notify;
  /** Sends the messages that cause the sweeps until the schedule's next minute. */
  readonly wakeSweeps: () => Promise<void>;
  /** Stores the public keys that receivers verify with, unless they are stored. */
  readonly publishKeys: () => Promise<void>;
  readonly report: (tally: Tally) => void;
}

/**
 * @param bodies - of the messages; undefined if the schedule invoked it.
 * @throws the first failure, after everything else was done.
 */
export async function handleInvocation(
  bodies: readonly string[] | undefined,
  { notify, wakeSweeps, publishKeys, report }: InvocationDeps,
): Promise<void> {
  const messages = bodies?.flatMap(read) ?? [];
  const keys: ItemKey[] = messages.flatMap((message) => ("keys" in message ? message.keys : []));
  const sweeps = !bodies || messages.some((message) => "sweep" in message);
  const ends = await Promise.allSettled([
    // First: the sweeps that follow come even if this invocation dies.
    ...(bodies ? [] : [wakeSweeps(), publishKeys()]),
    ...(keys.length > 0 ? [notify.handleKeys(keys).then(report)] : []),
    ...(sweeps ? [notify.sweep().then((tally) => tally && report(tally))] : []),
  ]);
  const failure = ends.find((end) => end.status === "rejected");
  if (failure) throw failure.reason;
}

/** A message is a hint: the sweep finds what an unreadable one was about. */
function read(body: string): WakeMessage[] {
  try {
    return [parseWakeMessage(body)];
  } catch (error) {
    logWarn("notify.message-ignored", describeError(error));
    return [];
  }
}
