/**
 * The worker and the clock around one ledger, in simulated time. What is between them fails as a story says: a process dies after any of its
 * steps, the topic refuses an alarm or loses its answer, the index lags behind, the clocks jump, the queue refuses to wake the clock.
 */
import { randomUUID } from "node:crypto";
import { dueAlarm, STAGES } from "../../lib/clock/due-alarms.ts";
import { sweep } from "../../lib/clock/sweep.ts";
import { MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import type { ReviewAlarm, ReviewRecord } from "../../lib/decisions/report-record.ts";
import { policySchema } from "../../lib/policy/lint/lint.ts";
import { formatMessage } from "../../lib/queue/format-message.ts";
import { type Message, parseMessage } from "../../lib/queue/message.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import { policy as base, NOON, weaponsReport } from "../support/fixtures.ts";
import { liveDouble } from "../support/live.ts";
import { createMemoryLedger, type MemoryLedger } from "../support/memory-ledger.ts";
import { noBatches } from "../support/no-batches.ts";

export type Act =
  | { readonly kind: "report"; readonly what: string }
  | { readonly kind: "minute"; readonly lagMs: number }
  | { readonly kind: "verdict"; readonly which: number }
  | { readonly kind: "freeze"; readonly on: boolean }
  | { readonly kind: "outage"; readonly minutes: number }
  | { readonly kind: "jump"; readonly minutes: number }
  | { readonly kind: "topic" | "queue"; readonly does: string }
  | { readonly kind: "crash"; readonly of: string; readonly after: number };

export interface Published {
  readonly atMs: number;
  readonly stage: ReviewAlarm;
  readonly keys: readonly string[];
}

const policy = policySchema.parse({
  ...base,
  sources: { standard: { adapter: "standard", grade: "A", reviewWithin: "40m" } },
  rules: [
    {
      id: "severe",
      categories: ["csam"],
      urgent: true,
      minScore: 0.9,
      action: "disable",
      disableHours: 1,
      reviewWithin: "15m",
    },
    { id: "unsure", categories: ["csam"], urgent: true, action: "review", reviewWithin: "15m" },
    { id: "nudity", categories: ["nudity"], action: "review", reviewWithin: "25m" },
    { id: "weapons", categories: ["weapons"], action: "pause", reviewWithin: "30m" },
  ],
});
const STAGE_OF: readonly [RegExp, ReviewAlarm][] = [
  [/, urgent$/, "urgent"],
  [/: half /, "half"],
  [/: 80 % /, "nearly"],
  [/: the time is over/, "missed"],
];
/** An alert names ten, and here each has to be named. */
const MOST_CASES = 9;
/** As lib/aws/sqs/wake-clock.ts delays, and the mapping's longest wait. */
const WOKEN_AFTER_MS = [25 * SECOND_MS, 50 * SECOND_MS];
const REDELIVERED_AFTER_MS = 180 * SECOND_MS;

/** @param jitterMs - every other invocation of the schedule is late by this. */
export async function createClockWorld({ jitterMs = 0 } = {}) {
  const table = createMemoryLedger();
  await table.writeMode({ mode: "enforce", changedBy: "ana", reason: "test", changedAt: NOON.toISOString() });
  let realMs = NOON.getTime();
  let skewMs = 0;
  let lagMs = 0;
  let minute = 0;
  let snapshots: { readonly atMs: number; readonly table: MemoryLedger }[] = [{ atMs: realMs, table: table.copy() }];
  const topic = { does: "works" };
  const queue = { does: "works" };
  const dies: Record<string, number | undefined> = {};
  let agenda: { readonly atMs: number; readonly run: () => Promise<void> }[] = [];
  const keys: string[] = [];
  const published: Published[] = [];
  const broken: string[] = [];
  const now = () => new Date(realMs + skewMs);

  /** A process that dies at one of its steps: after it was carried out, at every other step before. */
  function startProcess(name: string) {
    const steps = dies[name] ?? Number.POSITIVE_INFINITY;
    let left = steps;
    delete dies[name];
    return async <T>(work: () => Promise<T>): Promise<T> => {
      if (left < 0) throw new Error(`the ${name} is dead`);
      const answer = left === 0 && steps % 2 === 1 ? undefined : await work();
      left -= 1;
      if (left < 0) throw new Error(`the ${name} died`);
      return answer as T;
    };
  }
  /** The ledger, each of whose requests is a step. */
  const stepped = (step: ReturnType<typeof startProcess>): MemoryLedger =>
    new Proxy(table, {
      get: (target, name: keyof MemoryLedger) => {
        const method = target[name];
        return typeof method === "function"
          ? (...given: unknown[]) => step(() => (method as (...given: unknown[]) => Promise<unknown>)(...given))
          : method;
      },
    });
  const note = () => {
    snapshots = [...snapshots.slice(-30), { atMs: realMs, table: table.copy() }];
  };

  async function deliver(message: Message): Promise<void> {
    const step = startProcess("worker");
    const ledger = stepped(step);
    const deps = {
      ...{ ledger, live: liveDouble(), policy, policyHash: "hash", now, sleep: async () => {}, holder: randomUUID },
      ...noBatches(ledger),
      wakeClock: () =>
        step(async () => {
          if (queue.does === "refuses") throw new Error("the queue is away");
          for (const afterMs of WOKEN_AFTER_MS) agenda.push({ atMs: realMs + afterMs, run: runClock });
        }),
    };
    await handle(parseMessage(formatMessage(message)), deps).catch(() =>
      agenda.push({ atMs: realMs + REDELIVERED_AFTER_MS, run: () => deliver(message) }),
    );
    note();
  }

  async function runClock(): Promise<void> {
    const step = startProcess("clock");
    const ledger = stepped(step);
    const at = now();
    const seen: ReviewRecord[] = [];
    const index = snapshots.findLast(({ atMs }) => atMs <= realMs - lagMs)?.table ?? snapshots[0]?.table ?? table;
    const openReviews = (limit: number, after?: string) =>
      step(async () => {
        const page = await index.openReviews(limit, after);
        seen.push(...page.records);
        return page;
      });
    const publish = ({ subject, text }: { subject: string; text: string }) =>
      step(async () => {
        if (topic.does === "refuses") throw new Error("the topic is away");
        await tell(subject, text);
        if (topic.does === "loses") throw new Error("the topic's answer is lost");
      });
    const ends = await sweep({ ledger: { ...pick(ledger), openReviews }, publish, now, stage: "test" }).catch(
      () => undefined,
    );
    note();
    if (ends) await checkSwept(seen, at);
  }
  const pick = ({ readCase, noteAlarms }: MemoryLedger) => ({ readCase, noteAlarms });

  async function tell(subject: string, text: string): Promise<void> {
    const stage = STAGE_OF.find(([words]) => words.test(subject))?.[1];
    if (!stage) throw new Error(`no stage: ${subject}`);
    const named = [...text.matchAll(/^ {2}(\S+)$/gm)].map(([, key = ""]) => key);
    published.push({ atMs: realMs, stage, keys: named });
    for (const key of named) {
      const { verdict } = (await table.readReview(key)) ?? {};
      if (verdict) broken.push(`${stage} of ${key} after its verdict`);
    }
  }

  /** A successful sweep leaves no case that it saw without the alarm of the latest stage that has passed, or of a later one. */
  async function checkSwept(seen: readonly ReviewRecord[], at: Date): Promise<void> {
    for (const record of seen) {
      const latest = await table.readCase(record);
      const alarm = latest && dueAlarm({ ...latest, alarms: {} }, at);
      if (!alarm) continue;
      const least = STAGES.indexOf(alarm.stage);
      const isTold = published.some(({ stage, keys }) => keys.includes(record.key) && STAGES.indexOf(stage) >= least);
      if (!isTold) broken.push(`${record.key} is past ${alarm.stage}, and a sweep that succeeded told nobody`);
    }
  }

  async function advanceTo(untilMs: number): Promise<void> {
    for (;;) {
      const [next] = agenda.filter(({ atMs }) => atMs <= untilMs).sort((one, other) => one.atMs - other.atMs);
      if (!next) break;
      agenda = agenda.filter((each) => each !== next);
      realMs = Math.max(realMs, next.atMs);
      await next.run();
    }
    realMs = untilMs;
  }

  async function report(what: string): Promise<void> {
    if (keys.length >= MOST_CASES) return;
    const at = now().toISOString();
    const id = `m-${keys.length}`;
    keys.push(`standard#${id}`);
    if (what === "unread") {
      const untranslated = {
        source: "standard",
        id,
        receivedAt: at,
        bodySha256: "0".repeat(64),
        issues: [{ pointer: "", message: "x" }],
      };
      return deliver({ kind: "untranslated", untranslated });
    }
    const change = {
      id,
      category: what as "csam",
      score: 0.3 + (keys.length % 2) * 0.65,
      occurredAt: at,
      receivedAt: at,
    };
    return deliver({ kind: "reports", reports: [weaponsReport(change)] });
  }

  async function act(each: Act): Promise<void> {
    switch (each.kind) {
      case "report":
        await advanceTo(realMs + 7 * SECOND_MS);
        return report(each.what);
      case "minute": {
        ({ lagMs } = each);
        minute += 1;
        const atMs = NOON.getTime() + Math.ceil((realMs - NOON.getTime() + 1) / MINUTE_MS) * MINUTE_MS;
        agenda.push({ atMs: atMs + (minute % 2) * jitterMs, run: runClock });
        return advanceTo(atMs);
      }
      case "verdict": {
        const key = keys[each.which];
        if (key === undefined) return;
        // An approved report stays in the index until its order is on its way, which here it never is.
        const verdict = each.which % 2 === 0 ? "approved" : "rejected";
        await table.writeVerdict(key, { verdict, by: "ana", at: now().toISOString(), reason: "seen" }, now);
        return note();
      }
      case "freeze":
        return table.writeFreeze("standard", each.on, {
          changedBy: "ana",
          reason: "test",
          changedAt: now().toISOString(),
        });
      case "outage":
        realMs += each.minutes * MINUTE_MS;
        return;
      case "jump":
        skewMs += each.minutes * MINUTE_MS;
        return;
      case "topic":
        topic.does = each.does;
        return;
      case "queue":
        queue.does = each.does;
        return;
      case "crash":
        dies[each.of] = each.after;
    }
  }

  return {
    act,
    published,
    broken,
    nowMs: () => realMs,
    async cases() {
      const records = await Promise.all(keys.map((key) => table.readReview(key)));
      return records.flatMap((record) =>
        record?.openedAt === undefined
          ? []
          : [
              {
                key: record.key,
                openedMs: Date.parse(record.openedAt),
                dueMs: Date.parse(record.dueAt ?? ""),
                urgent: record.urgent ?? false,
                ...(record.verdict && { judgedMs: Date.parse(record.verdict.at) }),
              },
            ],
      );
    },
  };
}
