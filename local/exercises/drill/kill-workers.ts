/** Kills environments of functions, and counts them. */
import type { Interfere } from "../../stack/aws-engines.ts";
import type { Stack } from "../../stack/stack.ts";

export type Killer = ReturnType<typeof createKiller>;

export function createKiller() {
  const killed: Record<string, number> = {};
  let armed: (() => Promise<void>) | undefined;
  /** Kills all environments of the function, busy or idle. */
  async function kill(stack: Pick<Stack, "kill">, name: string): Promise<void> {
    killed[name] = (killed[name] ?? 0) + (await stack.kill(name));
  }
  /** Watches the queues from the start of the stack. */
  const interfere: Interfere = (service, { headers }) => {
    if (service === "sqs" && String(headers["x-amz-target"]).endsWith(".SendMessage")) {
      void armed?.();
      armed = undefined;
    }
    return undefined;
  };
  return {
    ...{ interfere, kill, killed },
    /** Kills the function when it next sends a single message: the message is queued, and the function gets no answer. */
    killAtNextMessage(stack: Pick<Stack, "kill">, name: string): void {
      armed = () => kill(stack, name);
    },
  };
}
