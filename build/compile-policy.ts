/**
 * Compiles policy.yml into the value that is bundled, so that a cold start parses no YAML and an invalid policy stops the build.
 * `node build/compile-policy.ts` only checks it; exit code 1 if it has issues.
 */
import { join, relative } from "node:path";
import type * as z from "zod";
import { policySchema } from "../lib/policy/lint/lint.ts";
import { policyWarnings } from "../lib/policy/lint/warnings.ts";
import type { Policy } from "../lib/policy/policy.ts";
import { parseYaml, readablePath, readYaml } from "./parse-yaml.ts";

const ROOT = join(import.meta.dirname, "..");
export const POLICY_FILE = join(ROOT, "policy.yml");

/** @throws YamlError */
export const parsePolicy = <T>(text: string, schema: z.ZodType<T>, file: string): T =>
  parseYaml(text, schema, { file, subject: "the policy" });

/**
 * @param schema - may check more than the build does: `npm run deploy` refuses the domains of examples.
 * @throws YamlError with every issue; the file system's error if there is no such file
 */
export function compilePolicy(path = POLICY_FILE, schema: z.ZodType<Policy> = policySchema): Policy {
  const file = relative(ROOT, path);
  return parsePolicy(readYaml(path, { file, subject: "the policy" }), schema, file);
}

/** One line for each warning about the policy. */
export const warningLines = (policy: Policy): string[] =>
  policyWarnings(policy).map(({ path, message }) => `policy.yml: warning: ${readablePath(path)}: ${message}`);

if (import.meta.main) {
  try {
    const policy = compilePolicy();
    const { rules, sources } = policy;
    for (const line of warningLines(policy)) console.warn(line);
    console.log(`policy.yml: ${rules.length} rules, ${Object.keys(sources).length} sources, no issues`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
