/**
 * Processes that take one step at a time, each when a test says so. A step is what reaches out of a process: a request to the ledger or
 * to Live. Between two of them a process can be left alone for as long as the test likes, or killed; so every interleaving of several
 * processes, and a crash at every point, is a list of steps, and the same list is the same story again.
 */
import { setImmediate as turn } from "node:timers/promises";

/** What happens to a step. `lost`: done, and the answer lost. `vanished`: not done, and no answer either. The others are answers. */
export type Fate = "do" | "lost" | "vanished" | "unavailable" | "throttled" | "signature" | "rejected" | "missing";

/** Waits for the test to allow this step, then takes it. */
export type Admission = <T>(name: string, act: (fate: Fate) => Promise<T>) => Promise<T>;

export interface Process<T> {
  /** The step it wants to take next; undefined when it is over. */
  next(): string | undefined;
  /** Takes that step, and goes on up to the one after it. */
  step(fate: Fate): Promise<void>;
  /** Nothing of it runs any more, not even a `finally`. */
  kill(): void;
  /** How it ended by itself; undefined while it runs and when it was killed. */
  ended(): PromiseSettledResult<T> | undefined;
}

/** Runs up to its first step. */
export async function startProcess<T>(main: (admission: Admission) => Promise<T>): Promise<Process<T>> {
  let waiting: { name: string; take: (fate: Fate) => Promise<void> }[] = [];
  let killed = false;
  let end: PromiseSettledResult<T> | undefined;
  const admission: Admission = (name, act) =>
    new Promise((resolve, reject) => {
      const take = async (fate: Fate) => {
        try {
          const result = await act(fate);
          if (!killed) resolve(result);
        } catch (failure) {
          if (!killed) reject(failure);
        }
      };
      waiting.push({ name, take });
    });
  main(admission).then(
    (value) => {
      end = { status: "fulfilled", value };
    },
    (reason: unknown) => {
      end = { status: "rejected", reason };
    },
  );
  await turn(); // between two steps there are only promises that are settled already
  return {
    next: () => waiting[0]?.name,
    async step(fate) {
      await waiting.shift()?.take(fate);
      await turn();
    },
    kill() {
      killed = true;
      waiting = [];
    },
    ended: () => end,
  };
}
