/** Reads the legal settings of statements: from the deployment, or from a file that an earlier run wrote. */
import { readFile } from "node:fs/promises";
import { formatIssues, issuesOf } from "../../lib/core/issues.ts";
import { parseJson } from "../../lib/core/parse-json.ts";
import { type FullSettings, isFull, settingsSchema } from "../../lib/statements/settings.ts";
import { openOperator } from "../operator/client.ts";
import type { CommandDeps } from "../terminal/command.ts";
import { FailedError, InputError, propertyOf, RefusedError } from "../terminal/errors.ts";
import { textOf, type Values } from "../terminal/options.ts";

/** @throws InputError if they are not as documented, RefusedError if the policy has no section `statements`. */
export async function readSettings(values: Values, deps: CommandDeps): Promise<FullSettings> {
  const file = textOf(values, "settings");
  const [found, where] =
    file === undefined ? [await ask(values, deps), "the deployed policy"] : [await read(file), file];
  const { data, error } = settingsSchema.safeParse(found);
  if (!data) throw new InputError(`${where} has no valid settings of statements: ${formatIssues(issuesOf(error))}`);
  if (!isFull(data)) {
    throw new RefusedError(
      `${where} has no section statements: docs/dsa.md says what it needs, and what a lawyer decides`,
    );
  }
  return data;
}

async function read(file: string): Promise<unknown> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new InputError(`${file} cannot be read: ${String(propertyOf(cause, "code"))}`, { cause });
  });
  return parseJson(bytes);
}

async function ask(values: Values, deps: CommandDeps): Promise<unknown> {
  const { answer } = await openOperator(values, asOperator(deps)).ask({
    action: "statement-settings",
    reason: "offair statements",
  });
  const [issue] = answer.errors;
  if (issue) throw new RefusedError(issue.message);
  if (!answer.statementSettings)
    throw new FailedError("the deployment is older than this command, and has no such settings");
  return answer.statementSettings;
}

/** The local stack's evidence is read with the keys of its stores; its operators have other ones. */
function asOperator(deps: CommandDeps): CommandDeps {
  const { local, env } = deps;
  const keys = local && (local.operators[env.OFFAIR_AS ?? "alice"] ?? Object.values(local.operators)[0]);
  if (!local || !keys) return deps;
  return { ...deps, env: { ...env, OFFAIR_URL: local.url, AWS_REGION: local.region }, credentials: async () => keys };
}
