/**
 * Appends each right to a file when a role first uses it, one line a right. Several processes append to the same file, and
 * `scripts/unused-rights.ts` compares it with the rights of the packaged template.
 */
import { appendFileSync } from "node:fs";
import type { AwsCall } from "./aws-call.ts";
import type { Role } from "./iam.ts";
import { type Right, rightsOf, usesRight } from "./rights.ts";

export interface NamedRight extends Right {
  /** `WorkerRole dynamodb:GetItem Ledger STREAM#*` */
  readonly line: string;
}

/** @param names - of each role's rights, in the order of `rightsOf`. */
export function createRightsRecord(file: string, names: ReadonlyMap<string, readonly string[]>) {
  const unused = new Map<string, NamedRight[]>();
  return (role: Role, call: AwsCall): void => {
    const left = unused.get(role.id) ?? namedRights(role, names.get(role.id) ?? []);
    const used = left.filter((right) => usesRight(call, right));
    unused.set(
      role.id,
      left.filter((right) => !used.includes(right)),
    );
    if (used.length > 0) appendFileSync(file, used.map(({ line }) => `${line}\n`).join(""));
  };
}

function namedRights({ id, policies }: Role, names: readonly string[]): NamedRight[] {
  const rights = Object.values(policies).flatMap(rightsOf);
  if (rights.length !== names.length) throw new Error(`${id} has ${rights.length} rights, but ${names.length} names`);
  return rights.map((right, index) => ({ ...right, line: `${id} ${names[index]}` }));
}
