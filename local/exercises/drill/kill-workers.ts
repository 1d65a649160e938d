/** Kills environments of functions, and counts what it met. */
import type { Interfere } from "../../stack/aws-engines.ts";
import type { Stack } from "../../stack/stack.ts";

export interface Killer {
  /** Whatever runs of the function, busy or idle. */
  kill(name: string): Promise<void>;
  /** In the moment in which it puts its next single message on a queue: that arrives, and the function never hears of it. */
  atNextOrder(name: string): void;
  /** Something else was killed. */
  note(what: string): void;
  struck(): Readonly<Record<string, number>>;
}

/** Before there is a stack: what watches the queues has to be there when it starts. */
export function createKiller(stackOf: () => Pick<Stack, "kill">): { killer: Killer; interfere: Interfere } {
  const struck: Record<string, number> = {};
  let armed: string | undefined;
  const count = (what: string, times: number) => {
    struck[`${what} killed`] = (struck[`${what} killed`] ?? 0) + times;
  };
  const kill = async (name: string): Promise<void> => count(name, await stackOf().kill(name));
  return {
    interfere(service, { headers }) {
      const name = armed;
      if (name !== undefined && service === "sqs" && String(headers["x-amz-target"]).endsWith(".SendMessage")) {
        armed = undefined;
        void kill(name);
      }
      return undefined;
    },
    killer: {
      kill,
      atNextOrder(name) {
        armed = name;
      },
      note: (what) => count(what, 1),
      struck: () => ({ ...struck }),
    },
  };
}
