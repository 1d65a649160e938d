/** Reads stored plans and verifies their hashes, so that no altered plan is carried out. */

import type * as z from "zod";
import { OffairError } from "../core/errors.ts";
import { parseJson } from "../core/parse-json.ts";
import { sha256Hex } from "../core/sha256.ts";
import {
  casesPartSchema,
  type OperatorPlan,
  PART_STREAMS,
  type PlannedStream,
  planPartSchema,
  planSchema,
  planSha256,
} from "./plan.ts";
import type { PlanTextReader } from "./plan-store.ts";

export interface StoredPlan {
  readonly plan: OperatorPlan;
  /** Hash of the head as it is stored now. A different hash names a different plan. */
  readonly sha256: string;
}

/**
 * @returns undefined if there is no such plan.
 * @throws OffairError `ERR_PLAN_ALTERED` as `parsePlan` does.
 */
export async function readPlan(orderId: string, ledger: PlanTextReader): Promise<StoredPlan | undefined> {
  const head = await ledger.readPlanHead(orderId);
  return head === undefined ? undefined : parsePlan(orderId, head);
}

/** @throws OffairError `ERR_PLAN_ALTERED` if the head is not as it was written. */
export function parsePlan(orderId: string, head: string): StoredPlan {
  const { data: plan } = planSchema.safeParse(parseJson(head));
  if (!plan || plan.orderId !== orderId || !isNumbered(plan)) throw altered(orderId, "its head is not as written");
  return { plan, sha256: planSha256({ head }) };
}

/**
 * Reads the streams of one part, in their order.
 *
 * @throws OffairError `ERR_PLAN_ALTERED` if they do not match the hash and the count in the head.
 */
export const readPlanPart = (
  plan: OperatorPlan,
  part: number,
  ledger: PlanTextReader,
): Promise<readonly PlannedStream[]> => readPart(plan, part, planPartSchema, ledger);

/** Reads the keys of all cases of a plan of rejections. @throws OffairError `ERR_PLAN_ALTERED` as `readPlanPart` does. */
export async function readPlannedCases(plan: OperatorPlan, ledger: PlanTextReader): Promise<string[]> {
  const parts = await Promise.all(plan.parts.map((_, part) => readPart(plan, part, casesPartSchema, ledger)));
  return parts.flat().map(({ report }) => report);
}

async function readPart<T>(
  { orderId, parts }: OperatorPlan,
  part: number,
  schema: z.ZodType<readonly T[]>,
  ledger: PlanTextReader,
): Promise<readonly T[]> {
  const text = await ledger.readPlanPart(orderId, part);
  if (text === undefined || sha256Hex(text) !== parts[part]?.sha256) throw altered(orderId, `part ${part} is another`);
  const { data: rows } = schema.safeParse(parseJson(text));
  if (rows?.length !== parts[part].count) throw altered(orderId, `part ${part} is not as written`);
  return rows;
}

export const altered = (orderId: string, what: string): OffairError =>
  new OffairError("ERR_PLAN_ALTERED", `the stored plan ${orderId} was altered: ${what}`);

/** Every part but the last is full, so that the part of an index can be computed. */
const isNumbered = ({ count, parts }: OperatorPlan): boolean =>
  parts.every((part, index) => part.count === Math.min(PART_STREAMS, count - index * PART_STREAMS)) &&
  parts.length === Math.ceil(count / PART_STREAMS);
