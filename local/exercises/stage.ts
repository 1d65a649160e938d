/** A running local stack for an exercise: the objects that the script uses, and the recorder of all events. */
import { randomUUID } from "node:crypto";
import type { Stream } from "../../lib/core/stream.ts";
import { SECOND_MS } from "../../lib/core/time.ts";
import type { World } from "../demo/world.ts";
import { collect, liveState, queuesDrained } from "./collect.ts";
import type { Command, EvidenceRecords } from "./evidence.ts";
import { createSenders } from "./senders.ts";

export type Stage = ReturnType<typeof createStage>;

type Recorded = Pick<EvidenceRecords, "invocations" | "commands" | "happened" | "live-states" | "logs" | "reviews">;

/**
 * @param alerts - the caller adds alerts while the exercise runs.
 * @param say - shows one line of progress.
 */
export function createStage(
  { stack, simulator }: World,
  alerts: EvidenceRecords["alerts"],
  say: (line: string) => void,
) {
  if (!simulator) throw new Error("an exercise needs the simulator");
  const senders = createSenders(stack.gatewayUrl);
  const recorded: Recorded = {
    ...{ invocations: [], commands: [], happened: [], "live-states": [], logs: [], reviews: [] },
  };
  stack.onLog(({ functionName, line }) => recorded.logs.push({ functionName, line }));
  const startedMs = Date.now();

  /** Shows progress, with the time since the start. */
  function tell(what: string): void {
    const { length } = senders.posts;
    const accepted = senders.posts.filter(({ status }) => status === 202).length;
    const passed = ((Date.now() - startedMs) / SECOND_MS).toFixed(0).padStart(4);
    say(`${passed} s  ${what}${length > 0 ? `: ${length} posted, ${accepted} accepted` : ""}`);
  }

  return {
    ...{ stack, simulator, senders, tell },
    happened: recorded.happened,
    /** Records a fault or an event. */
    note: (fault: string, hits: number, note = "") =>
      void recorded.happened.push({ at: new Date().toISOString(), fault, hits, note }),
    /** Records a command that an operator typed. */
    noteCommand: (command: Command) => void recorded.commands.push(command),
    noteReviews: (keys: readonly string[]) => void recorded.reviews.push(...keys),
    /** Records the state of Live, with only the exercise's own disabled streams. */
    noteLive: (moment: string, isOurs: (stream: Stream) => boolean = () => true) =>
      void recorded["live-states"].push(liveState(simulator, moment, isOurs)),
    /** Invokes the incident function, and records the event and its answer. */
    async invokeIncident(asked: Readonly<Record<string, unknown>>): Promise<void> {
      const event = { id: randomUUID(), ...asked };
      const at = new Date().toISOString();
      const answer = await stack.invoke("incident", event).then(
        (value) => ({ status: 200, text: JSON.stringify(value) }),
        (error: unknown) => ({ status: null, text: String(error) }),
      );
      recorded.invocations.push({ at, event: { ...event }, ...answer });
    },
    /** Sets the mode to enforce; the first action of an exercise. */
    async enforce(reason: string): Promise<void> {
      const by = { reason, requestedBy: "ana@example.com" };
      const event = { id: randomUUID(), action: "mode", mode: "enforce", dryRun: false, ...by };
      await stack.invoke("incident", event);
    },
    /** Waits until the queues are empty. Returns false after the time limit, or if `isOver`. */
    drained(patienceMs: number, what: string, isOver = async () => false): Promise<boolean> {
      tell(what);
      return queuesDrained(stack, patienceMs, isOver);
    },
    evidence: async (): Promise<EvidenceRecords> => ({
      ...{ ...recorded, alerts, posts: senders.posts },
      ...(await collect(stack, simulator)),
    }),
  };
}
