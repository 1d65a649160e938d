/** The arguments of `npm run deploy`. */
import { parseArgs } from "node:util";
import { propertyOf, UsageError } from "../../cli/terminal/errors.ts";
import type { DeployOptions } from "./deps.ts";
import { isReplaceable, REPLACEABLE } from "./stack/changes.ts";

export const HELP = `npm run deploy -- --stage STAGE [--dry-run | --remove] [--yes] [--account ID] [--replace NAME]…

Deploys the stage of deploy/STAGE.yml: checks, packages, shows what will change, asks, deploys, waits, runs offair doctor.

  --stage STAGE   required, for instance prod
  --dry-run       stop after the checks
  --remove        remove the stage; lists the resources that stay, and asks for the name of the stage
  --yes           do not ask before the deployment (for CI)
  --account ID    use this AWS account and no other, although the last deployment was to another one
  --replace NAME  let this resource be replaced or removed: ${REPLACEABLE}
  --help          print this

Exit codes: 0 done, 1 the deployment, the removal or offair doctor failed, 2 usage error, 3 refused.`;

export interface Arguments extends DeployOptions {
  readonly isRemoval: boolean;
}

/** @returns undefined for --help. @throws UsageError */
export function parseArguments(args: readonly string[]): Arguments | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  if (values.stage === undefined) throw new UsageError("--stage is missing, for instance --stage prod");
  if (values.remove && (values["dry-run"] || values.replace.length > 0))
    throw new UsageError("--remove goes with neither --dry-run nor --replace");
  if (values.account !== undefined && !/^\d{12}$/.test(values.account))
    throw new UsageError("--account is an AWS account id, which has 12 digits");
  const misspelt = values.replace.find((name) => !isReplaceable(name));
  if (misspelt !== undefined)
    throw new UsageError(`--replace ${misspelt}: nothing is refused under this name, only ${REPLACEABLE}`);
  return {
    stage: values.stage,
    isDryRun: values["dry-run"],
    isRemoval: values.remove,
    yes: values.yes,
    account: values.account,
    replace: values.replace,
  };
}

function parse(args: readonly string[]) {
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{ stage: { type: "string" }, account: { type: "string" } },
        replace: { type: "string", multiple: true, default: [] },
        ...{ "dry-run": flag, remove: flag, yes: flag, help: flag },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(String(propertyOf(cause, "message")), { cause });
  }
}
