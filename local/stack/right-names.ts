/**
 * Names the rights of the template's roles by logical ids: `dynamodb:Query Ledger/index/byTime`. The names do not depend on the account
 * or the stack, so calls that different processes recorded can be compared with the template.
 */
import * as z from "zod";
import { policySchema } from "../iam/policy.ts";
import { rightsOf } from "../iam/rights.ts";
import type { Template } from "./template.ts";

const rolePoliciesSchema = z.object({ Policies: z.array(z.object({ PolicyDocument: policySchema })).default([]) });

/** The names of each role's rights, in the order of `rightsOf`. */
export const rightNames = ({ Resources }: Template): ReadonlyMap<string, readonly string[]> =>
  new Map(
    Object.entries(Resources)
      .filter(([, { Type }]) => Type === "AWS::IAM::Role")
      .map(([id, { Properties }]) => [id, namesOf(id, Properties.Policies)]),
  );

function namesOf(id: string, policies: unknown): string[] {
  const { data, error } = rolePoliciesSchema.safeParse(withNames({ Policies: policies }));
  if (!data) throw new Error(`${id}: the local stack cannot evaluate its policies: ${z.prettifyError(error)}`);
  return data.Policies.flatMap(({ PolicyDocument }) => rightsOf(PolicyDocument)).map(
    ({ action, resource, leadingKey }) => [action, resource, leadingKey].filter(Boolean).join(" "),
  );
}

/** Replaces references to resources by their logical ids. */
function withNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNames);
  if (typeof value !== "object" || value === null) return value;
  const { Ref, "Fn::GetAtt": attribute, "Fn::Sub": text } = value as Record<string, unknown>;
  if (typeof Ref === "string") return Ref;
  if (Array.isArray(attribute)) return String(attribute[0]);
  if (typeof text === "string") {
    return text.replace(/^arn:.*\$\{AWS::AccountId\}:/, "").replace(/\$\{(\w+)(\.Arn)?\}/g, "$1");
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNames(item)]));
}
