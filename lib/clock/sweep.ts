/**
 * One sweep of the clock: reads every case that waits, publishes the alarms that are due, and then notes them. In this order, so that an alarm
 * may come twice after a failure, and never not at all. Every sweep reads everything again, so that nothing depends on an earlier one.
 */
import { mapConcurrently } from "../core/map-concurrently.ts";
import { isWaiting, type ReviewRecord } from "../decisions/report-record.ts";
import type { ReviewStore } from "../decisions/report-store.ts";
import { type Alert, alarmText } from "./alarm-text.ts";
import { type DueAlarm, dueAlarm, isOverdue, STAGES } from "./due-alarms.ts";

/** What a sweep found. */
export interface Swept {
  readonly sweptAt: string;
  readonly open: number;
  readonly overdue: number;
  /** Since when the oldest case waits; absent without a case. */
  readonly oldestAt?: string;
}

export interface SweepDeps {
  readonly ledger: Pick<ReviewStore, "openReviews" | "readCase" | "noteAlarms">;
  /** Resolves when the topic has the alarm. */
  readonly publish: (alert: Alert) => Promise<void>;
  readonly now: () => Date;
  /** Of the deployment, for the subject: prod. */
  readonly stage: string;
}

const PAGE = 1_000;
/** Cases with an alarm to come are read again, and noted, this many at a time. */
const CONCURRENCY = 20;

interface Due extends DueAlarm {
  readonly record: ReviewRecord;
}

/** @throws the first failure, after everything else was done: the next sweep tries again what failed. */
export async function sweep({ ledger, publish, now, stage }: SweepDeps): Promise<Swept> {
  const at = now();
  const failures: unknown[] = [];
  const attempt = <T>(work: Promise<T>): Promise<T | undefined> =>
    work.catch((failure: unknown) => {
      failures.push(failure);
      return undefined;
    });

  const found: Found = { open: 0, overdue: 0, alarming: [] };
  await attempt(readAll(ledger, at, found));

  /** The case itself is read, because the index lags behind: it may have its verdict, or its alarm. If it cannot be read, it is alarmed. */
  async function confirm(record: ReviewRecord): Promise<Due[]> {
    const latest = await ledger.readCase(record).catch((failure: unknown) => {
      failures.push(failure);
      return record;
    });
    const alarm = latest && dueAlarm(latest, at);
    return latest && alarm ? [{ ...alarm, record: latest }] : [];
  }
  const due = (await mapConcurrently(found.alarming, CONCURRENCY, confirm)).flat();

  async function alarm(cases: readonly Due[], text: Alert): Promise<void> {
    await publish(text);
    const publishedAt = now().toISOString();
    await mapConcurrently(cases, CONCURRENCY, ({ record, passed }) =>
      attempt(ledger.noteAlarms(record, Object.fromEntries(passed.map((each) => [each, publishedAt])))),
    );
  }
  for (const each of STAGES.toReversed()) {
    const cases = due.filter((one) => one.stage === each);
    if (cases.length === 0) continue;
    const records = cases.map(({ record }) => record);
    await attempt(alarm(cases, alarmText(each, records, at, stage)));
  }
  if (failures.length > 0) throw failures[0];
  const { alarming: _, ...counts } = found;
  return { sweptAt: at.toISOString(), ...counts };
}

interface Found {
  open: number;
  overdue: number;
  oldestAt?: string;
  /** Those that need an alarm, the one that is due first at the top. */
  alarming: ReviewRecord[];
}

/** Counts the cases page by page: a failure leaves those that were read before. */
async function readAll(ledger: Pick<ReviewStore, "openReviews">, at: Date, found: Found): Promise<void> {
  let after: string | undefined;
  do {
    const { records, next } = await ledger.openReviews(PAGE, after);
    for (const record of records.filter(isWaiting)) {
      const { openedAt = record.decidedAt } = record;
      found.open += 1;
      if (isOverdue(record, at)) found.overdue += 1;
      if (found.oldestAt === undefined || openedAt < found.oldestAt) found.oldestAt = openedAt;
      if (dueAlarm(record, at)) found.alarming.push(record);
    }
    after = next;
  } while (after !== undefined);
}
