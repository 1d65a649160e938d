/** `statement-settings`: what `offair statements` needs from the deployed policy. */
import { CANARY_SOURCE } from "../core/canary.ts";
import type { Policy } from "../policy/policy.ts";
import { kindOf } from "../policy/time-to-review.ts";
import { done } from "./contract/response.ts";
import type { OperatorResponse } from "./contract/response-schema.ts";

interface Deps {
  readonly policy: Pick<Policy, "sources" | "statements">;
  readonly policyHash: string;
}

export function statementSettings({ policy: { statements, sources }, policyHash }: Deps): OperatorResponse {
  const entries = Object.entries(sources).filter(([name]) => name !== CANARY_SOURCE);
  const kinds = Object.fromEntries(entries.map(([name, entry]) => [name, kindOf(entry)]));
  return done({ statementSettings: { policy: policyHash, statements: statements ?? null, sources: kinds } });
}
