/** Reads one plan, batch or request: the whole when it is opened and when its state changes, and between them only its progress. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { BatchProgress, OperatorResponse, OrderRow } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { ConsoleError } from "../http/client.ts";
import { type Load, type Read, useAnswer } from "../ui/use-answer.ts";
import { isMoving } from "./plan-state.ts";

const reason = "offair console";
const MOVING_MS = 1_500;
/** Another person may approve, apply or cancel it. */
const WAITING_MS = 5_000;
const REQUEST_MS = 3_000;

interface WholePlan {
  readonly answer: OperatorResponse;
  /** As `plans` lists it. Absent: it was made by an offair without the list. */
  readonly row: OrderRow | undefined;
}

export interface Progress {
  readonly batch: BatchProgress;
  /** When it was asked, on average: in the middle between the question and its answer. */
  readonly atMs: number;
}

export interface PlanRead {
  readonly whole: Read<WholePlan>;
  readonly progress: Read<Progress | undefined>;
  /** The latest that is known. */
  readonly batch: BatchProgress | undefined;
}

export function usePlan(orderId: string): PlanRead {
  const { client } = useApp();
  const loadWhole = useCallback<Load<WholePlan>>(
    async (how) => {
      const [status, listed] = await Promise.all([
        client.send({ action: "status", orderId, reason }, how),
        client.send({ action: "plans", prefix: orderId, limit: 1, reason }, how),
      ]);
      const row = listed.answer.orders?.find((each) => each.orderId === orderId);
      if (status.isTaken || row) return { answer: status.answer, row };
      throw new ConsoleError("invalid", status.answer.errors.map(({ message }) => message).join("; "));
    },
    [client, orderId],
  );
  const [latest, setLatest] = useState<{ readonly batch?: string | undefined; readonly request?: string | undefined }>(
    {},
  );
  const whole = useAnswer(loadWhole, { everyMs: isMoving(latest.request) ? REQUEST_MS : undefined });
  const known = whole.data?.answer.batch;
  const isBatch = known !== undefined;
  const loadProgress = useCallback<Load<Progress | undefined>>(
    async (how) => {
      if (!isBatch) return undefined; // the whole has it, or there is none
      const askedMs = Date.now();
      const { batch } = await client.ask({ action: "status", orderId, results: false, reason }, how);
      return batch && { batch, atMs: (askedMs + Date.now()) / 2 };
    },
    [client, orderId, isBatch],
  );
  const everyMs = isMoving(latest.batch) ? MOVING_MS : latest.batch === "planned" ? WAITING_MS : undefined;
  const progress = useAnswer(loadProgress, { everyMs });
  const batch = newer(known, progress.data?.batch);
  const request = known ? undefined : whole.data?.row?.state; // of up to ten streams, which has no progress
  useEffect(() => setLatest({ batch: batch?.state, request }), [batch?.state, request]);

  // What the whole shows besides the progress: the approval, and the result of each stream.
  const { reload, isReading } = whole;
  const isOther = known !== undefined && batch !== undefined && stepOf(known) !== stepOf(batch);
  useEffect(() => {
    if (isOther && !isReading) reload().catch(() => {});
  }, [isOther, isReading, reload]);
  return { whole, progress, batch };
}

/** A batch only goes forward. */
const RANK: Readonly<Record<string, number>> = { planned: 0, running: 1, cancelling: 2 };
const rankOf = ({ state }: BatchProgress): number => RANK[state] ?? 3;

function newer(one: BatchProgress | undefined, other: BatchProgress | undefined): BatchProgress | undefined {
  if (!one || !other) return other ?? one;
  if (rankOf(one) !== rankOf(other)) return rankOf(one) > rankOf(other) ? one : other;
  return one.left < other.left || (one.approvedBy !== undefined && other.approvedBy === undefined) ? one : other;
}

const stepOf = ({ state, approvedBy }: BatchProgress): string => `${state} ${approvedBy ?? ""}`;
