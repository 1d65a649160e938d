/** A desk with a clock of the test, and a deployment that answers what the test says. */

import type { AskOptions } from "../../../console/http/client.ts";
import type { OperatorAnswer } from "../../../console/http/protocol.ts";
import { createDesk, type Desk } from "../../../console/review/desk/desk.ts";
import type { OperatorRequest } from "../../../lib/operator/contract/client-request.ts";
import type { OperatorResponse, ReviewCase } from "../../../lib/operator/contract/response-schema.ts";

export const ALICE = "arn:aws:iam::123456789012:user/alice";
export const START = Date.parse("2026-03-14T20:40:00Z");

export interface Sent {
  readonly request: OperatorRequest & Readonly<Record<string, unknown>>;
  readonly id: string | undefined;
  readonly options: AskOptions;
}
export type Answering = (sent: Sent, count: number) => Partial<OperatorResponse> | Promise<Partial<OperatorResponse>>;

export interface FakeDesk {
  readonly desk: Desk;
  readonly sent: readonly Sent[];
  /** Verdicts that were sent, and not only asked about. */
  readonly verdicts: () => readonly Sent[];
  answer(how: Answering): void;
  /** Lets time pass, with everything that is due meanwhile. */
  pass(ms: number): Promise<void>;
  readonly now: () => number;
}

/** A case of `standard`, with its action held or not. */
export function caseOf(name: string, changed: Partial<ReviewCase> = {}): ReviewCase {
  return {
    ...{ key: `standard#${name}`, source: "standard", category: "weapons", score: 0.4, outcome: "review" },
    stream: { domain: "push.example.com", app: "live", stream: name },
    ...{ receivedAt: "2026-03-14T20:30:00.000Z", ageMinutes: 10, because: "rule", rule: "weapons" },
    ...{ dueAt: "2026-03-14T21:00:00.000Z", secondsLeft: 1_200, notes: [], earlierVerdicts: [] },
    ...changed,
  };
}

export const held = (name: string, changed: Partial<ReviewCase> = {}): ReviewCase =>
  caseOf(name, {
    outcome: "held",
    because: "limit-total",
    decision: { action: "disable", because: "rule", resumeTime: "2026-03-15T20:30:00Z" },
    ...changed,
  });

/** A deployment with these cases, which takes every verdict. */
export function deployment(cases: readonly ReviewCase[], now: () => number): Answering {
  const left = new Map(cases.map((each) => [each.key, each]));
  return ({ request, id }) => {
    if (request.action === "next-case") {
      const found = [...left.values()].find(({ key }) => !request.skip?.includes(key));
      if (!found) return { noCase: { says: "nothing waits for review", held: 0, skipped: 0, awaitingOthers: 0 } };
      return { case: { ...found, holder: { by: ALICE, until: new Date(now() + 360_000).toISOString() } } };
    }
    if (request.action === "review" && request.dryRun !== false) {
      const stream = left.get(`${request.report}`)?.stream ?? { domain: "d", app: "a", stream: "s" };
      const resumeTime = "2026-03-15T20:40:00Z";
      return { dryRun: true, results: [{ stream, action: "disable", outcome: "planned", resumeTime }] };
    }
    if (request.action === "review") {
      left.delete(`${request.report}`);
      const verdict = request.verdict === "approve" ? "approved" : "rejected";
      const given = { verdict, by: ALICE, at: "2026-03-14T20:40:05.000Z", reason: request.reason } as const;
      return { verdict: given, ...(verdict === "approved" && { orderId: `op-${id}` }) };
    }
    if (request.action === "second-opinion") left.delete(request.report);
    return {};
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function fakeDesk(): FakeDesk {
  let ms = 0;
  let ids = 0;
  let timers: { readonly at: number; readonly act: () => void }[] = [];
  const sent: Sent[] = [];
  let how: Answering = () => ({});
  const now = (): number => START + ms;
  const desk = createDesk({
    client: {
      async send(request, options = {}): Promise<OperatorAnswer> {
        const one = { request: request as Sent["request"], id: options.id, options };
        sent.push(one);
        const said = await how(one, sent.length);
        const answer = { ok: true, results: [], errors: [], ...said };
        return { answer, isTaken: answer.ok };
      },
    },
    now,
    clock: () => ms,
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    later(after, act) {
      const timer = { at: ms + after, act };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
  });
  return {
    ...{ desk, sent, now },
    verdicts: () => sent.filter(({ request }) => request.action === "review" && request.dryRun === false),
    answer(next) {
      how = next;
    },
    async pass(more) {
      const until = ms + more;
      await settle();
      for (;;) {
        const [next] = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        if (!next) break;
        timers = timers.filter((each) => each !== next);
        ms = Math.max(ms, next.at);
        next.act();
        await settle();
      }
      ms = until;
    },
  };
}
