/** A plan as it is stored, held against its hashes: what is not as it was written is acted on by nobody. */

import { OffairError } from "../core/errors.ts";
import { parseJson } from "../core/parse-json.ts";
import { sha256Hex } from "../core/sha256.ts";
import type { Stream } from "../core/stream.ts";
import { type OperatorPlan, PART_STREAMS, planPartSchema, planSchema, planSha256 } from "./plan.ts";
import type { PlanTextReader } from "./plan-store.ts";

export interface StoredPlan {
  readonly plan: OperatorPlan;
  /** Of the head as it is stored now. Whoever was told of another one acts on another plan. */
  readonly sha256: string;
}

/**
 * @returns undefined: there is no such plan.
 * @throws OffairError `ERR_PLAN_ALTERED` as `parsePlan` does.
 */
export async function readPlan(orderId: string, ledger: PlanTextReader): Promise<StoredPlan | undefined> {
  const head = await ledger.readPlanHead(orderId);
  return head === undefined ? undefined : parsePlan(orderId, head);
}

/** @throws OffairError `ERR_PLAN_ALTERED` if it is none of ours any more. */
export function parsePlan(orderId: string, head: string): StoredPlan {
  const { data: plan } = planSchema.safeParse(parseJson(head));
  if (!plan || plan.orderId !== orderId || !isNumbered(plan)) throw altered(orderId, "its head is not as written");
  return { plan, sha256: planSha256({ head }) };
}

/**
 * The streams of one part, in their order.
 *
 * @throws OffairError `ERR_PLAN_ALTERED` if they are not those that the head tells of.
 */
export async function readPlanPart(
  { orderId, parts }: OperatorPlan,
  part: number,
  ledger: PlanTextReader,
): Promise<readonly Stream[]> {
  const text = await ledger.readPlanPart(orderId, part);
  if (text === undefined || sha256Hex(text) !== parts[part]?.sha256) throw altered(orderId, `part ${part} is another`);
  const { data: streams } = planPartSchema.safeParse(parseJson(text));
  if (streams?.length !== parts[part].count) throw altered(orderId, `part ${part} is not as written`);
  return streams;
}

export const altered = (orderId: string, what: string): OffairError =>
  new OffairError("ERR_PLAN_ALTERED", `the stored plan ${orderId} was altered: ${what}`);

/** Every part is full but the last, so that an index tells its part. */
const isNumbered = ({ count, parts }: OperatorPlan): boolean =>
  parts.every((part, index) => part.count === Math.min(PART_STREAMS, count - index * PART_STREAMS)) &&
  parts.length === Math.ceil(count / PART_STREAMS);
