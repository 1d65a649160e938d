/** Two local stacks that deliver the event of each disable: offair's and the floor's, each with a receiver. */
import { MINUTE_MS, SECOND_MS } from "../lib/core/time.ts";
import { until } from "../local/demo/scene.ts";
import { RECEIVER } from "./floors/event-hops.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { type StackSide, startTwoStacks, type TwoStacks } from "./two-stacks.ts";

const PATIENCE_MS = 60 * SECOND_MS;

export interface NotifiedStacks extends TwoStacks {
  readonly receivers: Readonly<Record<StackSide["name"], Receiver>>;
}

export async function startNotifiedStacks(): Promise<NotifiedStacks> {
  const receivers = { ours: await startReceiver(), floor: await startReceiver() };
  const closeReceivers = () => Promise.all(Object.values(receivers).map(({ close }) => close()));
  const subscribers = {
    ours: { [RECEIVER]: { url: receivers.ours.url } },
    floor: { [RECEIVER]: { url: receivers.floor.url } },
  };
  try {
    const stacks = await startTwoStacks({ isConsumed: true, isNotified: true, subscribers });
    // As in a deployment: what is not delivered at once on a busy machine is swept.
    const sweep = () => void stacks.ours.stack.runSchedule(new Date(), "notify").catch(() => {});
    const sweeps = setInterval(sweep, MINUTE_MS);
    sweep();
    return {
      ...{ ...stacks, receivers },
      async close() {
        clearInterval(sweeps);
        await stacks.close();
        await closeReceivers();
      },
    };
  } catch (error) {
    await closeReceivers();
    throw error;
  }
}

/** @returns the time from the outcome of the disable to the receiver's 200. @throws if the event does not arrive in time. */
export const arrival = (name: string, receiver: Receiver, stream: string): Promise<number> =>
  until(`${name}: the event of ${stream}`, async () => receiver.tookMs.get(stream)?.[0], PATIENCE_MS);
