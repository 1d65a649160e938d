/** Kills environments of functions, and counts them. */
import type { Interfere } from "../../stack/aws-engines.ts";
import type { Stack } from "../../stack/stack.ts";

export interface Killer {
  /** Watches the queues from the start of the stack. */
  readonly interfere: Interfere;
  /** Kills all environments of the function, busy or idle. */
  kill(stack: Pick<Stack, "kill">, name: string): Promise<void>;
  /** Kills them when a single message is queued next: the message arrives, and the function gets no answer. */
  killAtNextMessage(stack: Pick<Stack, "kill">, name: string): void;
  /** By the name of the function. */
  readonly killed: Readonly<Record<string, number>>;
}

export function createKiller(): Killer {
  const killed: Record<string, number> = {};
  let armed: (() => Promise<void>) | undefined;
  async function kill(stack: Pick<Stack, "kill">, name: string): Promise<void> {
    killed[name] = (killed[name] ?? 0) + (await stack.kill(name));
  }
  return {
    interfere(service, { headers }) {
      if (service === "sqs" && String(headers["x-amz-target"]).endsWith(".SendMessage")) {
        void armed?.();
        armed = undefined;
      }
      return undefined;
    },
    kill,
    killAtNextMessage(stack, name) {
      armed = () => kill(stack, name);
    },
    killed,
  };
}
