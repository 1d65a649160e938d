/** The stored states of the subscribers: how they are changed, and how they follow the policy. */
import { logWarn } from "../core/log.ts";
import { BUS } from "../events/types/bus.ts";
import type { SubscriberState } from "./records.ts";
import { attempt, namesOf, noteWaiting, type Run } from "./run.ts";
import { admission, rejoin, removeSubscriber, startProbe } from "./subscriber-health.ts";

/** @returns the state that is stored now; undefined if there is none. */
export async function changeSubscriber(
  { store, states, tally }: Pick<Run, "store" | "states" | "tally">,
  name: string,
  change: (state: SubscriberState) => SubscriberState,
): Promise<SubscriberState | undefined> {
  const known = await states();
  for (;;) {
    const before = await store.readSubscriber(name);
    if (!before) return undefined;
    const state = change(before.state);
    known.set(name, state);
    if (state === before.state) return state;
    if (!(await store.replaceSubscriber(state, before.revision))) continue;
    if (state.ended && !before.state.ended) {
      if (state.ended.because !== "removed") tally.ended += 1;
      logWarn("subscription.ended", { subscriber: name, because: state.ended.because });
    }
    return state;
  }
}

/** Claims the one event that may be sent to a subscriber that was down. @returns false if another environment has claimed it, or its result is known. */
export async function claimProbe({ store, states, now }: Run, name: string): Promise<boolean> {
  const found = await store.readSubscriber(name);
  if (!found || admission(found.state, now()) !== "probe") return false;
  const state = startProbe(found.state, now());
  (await states()).set(name, state);
  return store.replaceSubscriber(state, found.revision);
}

/**
 * Who has to get an event before its item leaves the outbox. Also a subscriber that only the policy of another deployment has, until it has ended:
 * the item waits for an environment of that deployment. One that starts while this run works is not known: its first sweeps look for the event.
 */
export async function recipients(run: Run): Promise<string[]> {
  const states = [...(await run.states()).values()];
  return [...new Set([...namesOf(run), ...states.flatMap(({ name, ended }) => (ended ? [] : [name]))])];
}

/** Makes the stored states follow the policy, and notes how long what is held back has been waiting. */
export async function followPolicy(run: Run): Promise<SubscriberState[]> {
  const states = [...(await run.states()).values()];
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
