/** A running world with an exercise on it: what the script acts on, and the recorder of everything that happens. */
import type { Stream } from "../../lib/core/stream.ts";
import { SECOND_MS } from "../../lib/core/time.ts";
import type { World } from "../demo/world.ts";
import type { Simulator } from "../live/simulator.ts";
import type { Stack } from "../stack/stack.ts";
import { collect, liveState, queuesDrained } from "./collect.ts";
import type { Command, EvidenceRecords, Happened } from "./evidence.ts";
import { createSenders, type Senders } from "./senders.ts";

export interface Stage {
  readonly stack: Stack;
  readonly simulator: Simulator;
  readonly senders: Senders;
  readonly happened: readonly Happened[];
  /** Records a fault or a turning point. */
  note(fault: string, hits: number, note?: string): void;
  /** Records a command that an operator typed. */
  noteCommand(command: Command): void;
  noteReviews(keys: readonly string[]): void;
  /** Records the state of Live; of the disabled streams only those that the exercise is about. */
  noteLive(moment: string, isOurs?: (stream: Stream) => boolean): void;
  /** Invokes the incident function, and records the event and its answer. */
  invokeIncident(event: Readonly<Record<string, unknown>>): Promise<void>;
  /** The first action of a day: the policy may act. */
  enforce(reason: string): Promise<void>;
  /** Waits until the queues are empty; false where they are not in time. */
  drained(patienceMs: number, what: string): Promise<boolean>;
  /** Shows progress, with the time since the start. */
  tell(what: string): void;
  evidence(): Promise<EvidenceRecords>;
}

/**
 * @param alerts - filled while the exercise runs.
 * @param say - shows one line of progress.
 */
export function createStage(
  { stack, simulator }: World,
  alerts: EvidenceRecords["alerts"],
  say: (line: string) => void,
): Stage {
  if (!simulator) throw new Error("an exercise needs the simulator");
  const senders = createSenders(stack.gatewayUrl);
  const recorded: Pick<EvidenceRecords, "invocations" | "commands" | "happened" | "live-states" | "logs" | "reviews"> =
    {
      ...{ invocations: [], commands: [], happened: [], "live-states": [], logs: [], reviews: [] },
    };
  stack.onLog(({ functionName, line }) => recorded.logs.push({ functionName, line }));
  const startedMs = Date.now();

  async function invokeIncident(event: Readonly<Record<string, unknown>>): Promise<void> {
    const invocation = { at: new Date().toISOString(), event: { ...event } };
    const answer = await stack.invoke("incident", event).then(
      (value) => ({ status: 200, text: JSON.stringify(value) }),
      (error: unknown) => ({ status: null, text: String(error) }),
    );
    recorded.invocations.push({ ...invocation, ...answer });
  }

  const stage: Stage = {
    ...{ stack, simulator, senders, happened: recorded.happened, invokeIncident },
    note: (fault, hits, note = "") => void recorded.happened.push({ at: new Date().toISOString(), fault, hits, note }),
    noteCommand: (command) => void recorded.commands.push(command),
    noteReviews: (keys) => void recorded.reviews.push(...keys),
    noteLive: (moment, isOurs = () => true) => void recorded["live-states"].push(liveState(simulator, moment, isOurs)),
    async enforce(reason) {
      const event = { action: "mode", mode: "enforce", dryRun: false, reason, requestedBy: "ana@example.com" };
      await stack.invoke("incident", event);
    },
    drained: (patienceMs, what) => queuesDrained(stack, patienceMs, () => stage.tell(what)),
    tell(what) {
      const accepted = senders.posts.filter(({ status }) => status === 202).length;
      const passed = ((Date.now() - startedMs) / SECOND_MS).toFixed(0).padStart(4);
      say(`${passed} s  ${what}: ${senders.posts.length} posted, ${accepted} accepted`);
    },
    evidence: async () => ({ ...recorded, alerts, posts: [...senders.posts], ...(await collect(stack, simulator)) }),
  };
  return stage;
}
