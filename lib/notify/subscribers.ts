/** The stored states of the subscribers: how they are changed, and how they follow the policy. */
import { logWarn } from "../core/log.ts";
import { BUS } from "../events/types/bus.ts";
import { attempt, namesOf, noteWaiting, type Run } from "./run.ts";
import type { SubscriberState } from "./stores.ts";
import { rejoin, removeSubscriber, startSubscriber } from "./subscriber-health.ts";

/** @returns the state that is stored now; undefined if there is none. */
export async function changeSubscriber(
  { store, tally }: Pick<Run, "store" | "tally">,
  name: string,
  change: (state: SubscriberState) => SubscriberState,
): Promise<SubscriberState | undefined> {
  for (;;) {
    const before = await store.readSubscriber(name);
    if (!before) return undefined;
    const state = change(before.state);
    if (state === before.state) return state;
    if (!(await store.replaceSubscriber(state, before.revision))) continue;
    if (state.ended && !before.state.ended) {
      if (state.ended.because !== "removed") tally.ended += 1;
      logWarn("subscription.ended", { subscriber: name, because: state.ended.because });
    }
    return state;
  }
}

/** A subscriber that is new gets what is logged from now on. Before events are published, so that it gets the first one. */
export async function startNewSubscribers({ store, now, ...run }: Run, known: ReadonlySet<string>): Promise<void> {
  for (const name of namesOf(run)) {
    if (known.has(name) || (await store.readSubscriber(name))) continue;
    await store.replaceSubscriber(startSubscriber(name, now()), undefined);
  }
}

/**
 * Who has to get an event before its item leaves the outbox; read after the event was added. Also a subscriber that only the policy of another
 * deployment has, until it has ended: the item waits for an environment of that deployment.
 */
export async function recipients(run: Run): Promise<string[]> {
  const states = await run.store.listSubscribers();
  return [...new Set([...namesOf(run), ...states.flatMap(({ name, ended }) => (ended ? [] : [name]))])];
}

/** Makes the stored states follow the policy, and notes how long what is held back has been waiting. */
export async function followPolicy(run: Run): Promise<SubscriberState[]> {
  const states = await run.store.listSubscribers();
  await startNewSubscribers(run, new Set(states.map(({ name }) => name)));
  const names = new Set(namesOf(run));
  const at = run.now();
  for (const state of states) {
    const { name, ended, behind } = state;
    if (behind) noteWaiting(run, behind.since);
    if (names.has(name) ? ended?.because !== "removed" : ended !== undefined || name === BUS) continue;
    await attempt(
      run,
      `subscriber ${name}`,
      changeSubscriber(run, name, (each) => (names.has(name) ? rejoin(each, at) : removeSubscriber(each, at))),
    );
  }
  return states.filter(({ name }) => names.has(name));
}
