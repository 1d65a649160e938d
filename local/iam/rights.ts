/**
 * Splits a role's policies into single rights: one action on one resource, with one pattern of partition keys if the statement has some. The
 * rights are compared with the recorded calls, to find rights that no function uses.
 */
import type { AwsCall } from "./aws-call.ts";
import { matchesPattern, type Policy } from "./policy.ts";

const LEADING_KEYS = "dynamodb:LeadingKeys";

export interface Right {
  readonly action: string;
  /** Pattern of an ARN. */
  readonly resource: string;
  /** Pattern of a partition key; absent if the statement has no such condition. */
  readonly leadingKey?: string;
}

/** The rights of the Allow statements. The order is that of the policy, so that two forms of one policy have their rights in parallel. */
export const rightsOf = ({ Statement }: Policy): Right[] =>
  Statement.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action, Resource = [], Condition = {} }) => {
    const keys = Object.values(Condition).flatMap((keyed) => keyed[LEADING_KEYS] ?? []);
    return Action.flatMap((action) =>
      Resource.flatMap((resource): Right[] =>
        keys.length === 0 ? [{ action, resource }] : keys.map((leadingKey) => ({ action, resource, leadingKey })),
      ),
    );
  });

/** Whether a call uses the right. */
export function usesRight({ action, resource, context }: AwsCall, right: Right): boolean {
  const keys = [context[LEADING_KEYS] ?? []].flat();
  const { leadingKey } = right;
  return (
    matchesPattern(right.action, action, "i") &&
    matchesPattern(right.resource, resource) &&
    (leadingKey === undefined || keys.some((key) => matchesPattern(leadingKey, key)))
  );
}
