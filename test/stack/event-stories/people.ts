/** The people and programs of a story: senders of reports and appeals, and operators. A request that fails is sent again, as they do. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import type { Stream } from "../../../lib/core/stream.ts";
import { postReport, signReport } from "../../../local/demo/send-report.ts";
import { OPERATORS, SOURCE, SOURCE_SECRET } from "../../../local/demo/world.ts";
import type { Stack } from "../../../local/stack/stack.ts";
import { askOperator } from "../../support/ask-operator.ts";

/** Sources besides the one of the policy. */
export const VENDOR = "vendor";
export const APPEALS = "platform-appeals";

const TRIES = 8;
const AGAIN_MS = 250;
const PATIENCE_MS = 15_000;

export type People = ReturnType<typeof createPeople>;
type Operator = "alice" | "bob";
/** What a request is answered with, as far as a story reads it. */
export interface Answer {
  readonly ok?: boolean;
  readonly plan?: { readonly orderId: string; readonly sha256: string };
  readonly subscribers?: readonly { readonly name: string; readonly state: string }[];
}

export function createPeople({ gatewayUrl, clients, table }: Stack) {
  const ledger = createLedger(clients.dynamo, table);

  async function send(source: string, id: string, payload: object): Promise<string> {
    const signed = signReport({ occurredAt: new Date().toISOString(), ...payload }, SOURCE_SECRET, { id });
    for (let left = TRIES; left > 0; left--) {
      const answer = await postReport(gatewayUrl, source, signed).catch(() => undefined);
      if (answer && answer.status < 500 && answer.status !== 429) break;
      await sleep(AGAIN_MS);
    }
    return `${source}#${id}`;
  }

  /** With the same id at each attempt. @returns an empty answer if none came. */
  async function ask(operator: Operator, request: object): Promise<Answer> {
    const event = { id: randomUUID(), ...request };
    for (let left = TRIES; left > 0; left--) {
      const response = await askOperator(gatewayUrl, OPERATORS[operator], event).catch(() => undefined);
      if (response && response.status < 500 && response.status !== 429) return (await response.json()) as Answer;
      await sleep(AGAIN_MS);
    }
    return {};
  }

  return {
    ask,
    report: (id: string, stream: Stream, category: string, score: number, source = SOURCE) =>
      send(source, id, { stream, category, score }),
    appeal: (id: string, stream: Stream, number: number) =>
      send(APPEALS, id, { order: { stream, number }, reason: "It is a play", appellant: { id: "broadcaster-1" } }),
    /** Waits until a report has an outcome. Goes on after a while in any case: its worker may have been killed. */
    async ended(key: string): Promise<void> {
      const giveUpAt = Date.now() + PATIENCE_MS;
      while (Date.now() < giveUpAt && (await ledger.readReport(key))?.outcome === undefined) await sleep(AGAIN_MS);
    },
  };
}
