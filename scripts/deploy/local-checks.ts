/** The checks that need no call: the stage file and the policy. Issues of both are reported at once. */
import { basename } from "node:path";
import { compilePolicy, warningLines } from "../../build/compile-policy.ts";
import { YamlError } from "../../build/parse-yaml.ts";
import type { Check } from "../../lib/operator/contract/response-schema.ts";
import { checkAlerts, checkEndpoint } from "./checks.ts";
import { deployablePolicySchema } from "./example-domains.ts";
import { readStage, stageFileName } from "./stage/read-stage.ts";
import type { Stage } from "./stage/stage.ts";

export interface LocalChecks {
  readonly checks: readonly Check[];
  /** Absent if the file has issues. */
  readonly stage?: Stage;
}

/** @throws InputError if there is no stage file. */
export function checkFiles(
  name: string,
  { stages, policy }: { readonly stages: string; readonly policy: string },
): LocalChecks {
  const file = checked(stageFileName(name), "stage file", () => readStage(name, stages));
  const compiled = checked(basename(policy), "policy", () => compilePolicy(policy, deployablePolicySchema));
  const warnings = (compiled.value ? warningLines(compiled.value) : []).map(
    (says): Check => ({ name: "policy", state: "warning", says, remedy: "docs/policy.md describes every key" }),
  );
  const ofStage = file.value ? [checkEndpoint(file.value), checkAlerts(file.value)] : [];
  const checks = [...file.checks, ...ofStage, ...compiled.checks, ...warnings];
  return { checks, ...(file.value && { stage: file.value }) };
}

/** Each issue is a check of its own: position and problem, then what to do. */
function checked<T>(file: string, name: string, read: () => T): { checks: Check[]; value?: T } {
  try {
    return { value: read(), checks: [{ name, state: "ok", says: file }] };
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const [, ...issues] = error.message.split("\n");
    return { checks: issues.map((issue): Check => ({ name, state: "failed", ...parts(issue) })) };
  }
}

/** Splits `deploy/prod.yml:3:1 region: is not a region: write for instance eu-central-1` before its last remedy. */
function parts(issue: string): Pick<Check, "says" | "remedy"> {
  const [, says = issue, remedy] = /^(.*?): ((?:write|remove|put|save) .*)$/.exec(issue) ?? [];
  return { says, remedy: remedy ?? "deploy/example.yml and docs/settings.md describe every key" };
}
