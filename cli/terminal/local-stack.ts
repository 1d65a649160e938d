/** Finds the local stack that `npm start` runs, from the file that describes it. It is used only if no setting names a deployment. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { formatIssues, issuesOf } from "../../lib/core/issues.ts";
import { decodeUtf8 } from "../../lib/core/utf8.ts";
import { InputError, propertyOf, UsageError } from "./errors.ts";

/** In the root of the clone, ignored by Git. The bundled command is in no clone: there, cli/offair.mjs sets OFFAIR_LOCAL_FILE. */
const FILE: string | undefined = import.meta.dirname && join(import.meta.dirname, "../..", ".offair-local.json");
const DEFAULT_PERSON = "alice";

const keysSchema = z.object({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1) });
const urlSchema = z.url({
  protocol: /^http$/,
  hostname: /^(127\.0\.0\.1|localhost|\[::1\])$/,
  error: "must be an http URL on the loopback address",
});
export const localStackSchema = z.object({
  pid: z.int().min(1),
  /** Start of the process, in clock ticks since boot, because process ids are reused. Absent if the system does not have it. */
  pidStart: z.string().optional(),
  /** URL of the gateway. Reports go to `/reports/{source}`, operators to `/operator`. */
  url: urlSchema,
  region: z.string().min(1),
  /** AWS keys by the operator's name. */
  operators: z.record(z.string(), keysSchema),
  /** Webhook secrets by the source's name; `whsec_…` for Standard Webhooks. */
  sources: z.record(z.string(), z.string()),
  archive: z.object({ endpoint: urlSchema, bucket: z.string().min(1) }),
  ledger: z.object({ endpoint: urlSchema, table: z.string().min(1) }),
  /** The keys that the stand-ins of S3 and DynamoDB accept. */
  storeKeys: keysSchema,
  /** The public key that verifies the audit chain; PEM. */
  auditKey: z.string().min(1),
  /** Absent if another Live is used. */
  simulator: urlSchema.optional(),
});
export type LocalStack = z.infer<typeof localStackSchema>;

/** @returns the path of the file. Undefined: an empty OFFAIR_LOCAL_FILE disables the local stack. */
export const localStackFile = ({ OFFAIR_LOCAL_FILE: path }: NodeJS.ProcessEnv): string | undefined =>
  (path ?? FILE) || undefined;

/** @returns undefined if there is no file. @throws InputError if it is damaged or names another host. */
export function readLocalStack(path: string): LocalStack | undefined {
  let json: unknown;
  try {
    json = JSON.parse(decodeUtf8(readFileSync(path)).text ?? "");
  } catch (cause) {
    if (propertyOf(cause, "code") === "ENOENT") return undefined;
    throw new InputError(`cannot read ${path}: ${String(propertyOf(cause, "code") ?? "not JSON")}; ${REMOVE}`, {
      cause,
    });
  }
  const { data, error } = localStackSchema.safeParse(json);
  if (data) return data;
  throw new InputError(`${path} does not describe a local stack: ${formatIssues(issuesOf(error))}; ${REMOVE}`);
}
const REMOVE = "remove the file";

/** Whether the process of the stack still runs: a killed stack leaves its file behind. */
export function isRunning({ pid, pidStart }: Pick<LocalStack, "pid" | "pidStart">): boolean {
  if (pidStart !== undefined) return pidStart === startOfProcess(pid);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return propertyOf(error, "code") === "EPERM"; // a process of another user
  }
}

/** Field 22 of /proc/PID/stat, counted from the end of the process name: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function startOfProcess(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

/** Settings that name a deployment: with any of them, the local stack is not used. */
const DEPLOYMENT = [
  ...["OFFAIR_URL", "ARCHIVE_BUCKET", "LEDGER_TABLE"],
  ...["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_DYNAMODB"],
];
/** Settings that name an AWS identity: with any of them, the local stack is used only if OFFAIR_AS is set. */
const IDENTITY = [
  ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"],
  ...["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"],
];

/**
 * Puts the settings of a running local stack into `env`, unless a setting names a deployment.
 *
 * @param as - `operator`: the operator route, as the person of OFFAIR_AS. `stores`: the archive and the ledger.
 * @param warn - prints whether the local stack is used, if there is one.
 * @param given - the option that names a deployment or a bundle, if one was given.
 * @returns undefined if it is not used.
 * @throws UsageError, InputError if OFFAIR_AS is set and the local stack cannot be used.
 */
export function useLocalStack(
  as: "operator" | "stores",
  env: NodeJS.ProcessEnv,
  warn: (text: string) => void,
  given?: string,
): LocalStack | undefined {
  const { OFFAIR_AS: person } = env;
  const named = given === undefined ? DEPLOYMENT.find((name) => env[name]) : `--${given}`;
  if (named !== undefined) {
    if (as === "stores" || !person) return undefined;
    throw new UsageError(`OFFAIR_AS is for the local stack, but ${named} names a deployment: unset one of them`);
  }
  const path = localStackFile(env);
  const stack = path === undefined ? undefined : readLocalStack(path);
  if (!stack || !isRunning(stack)) {
    const why = stack ? `${path} is stale: process ${stack.pid}, the local stack, has ended` : undefined;
    if (person)
      throw new InputError(`OFFAIR_AS is set, but ${why ?? "no local stack is running"}: npm start starts one`);
    if (why !== undefined) warn(`${why}; npm start starts a new one`);
    return undefined;
  }
  const identity = IDENTITY.find((name) => env[name]);
  if (identity !== undefined && !person) {
    warn(`the local stack is not used, because ${identity} is set; OFFAIR_AS=${DEFAULT_PERSON} uses it`);
    return undefined;
  }
  for (const name of IDENTITY) delete env[name];
  Object.assign(
    env,
    { AWS_REGION: stack.region },
    as === "stores" ? storeSettings(stack) : operatorSettings(stack, person),
  );
  const who = as === "operator" ? `, as ${person || DEFAULT_PERSON}` : "";
  warn(`local stack ${stack.url}${who}`);
  return stack;
}

function operatorSettings({ url, operators }: LocalStack, person = DEFAULT_PERSON): NodeJS.ProcessEnv {
  const keys = Object.hasOwn(operators, person) ? operators[person] : undefined;
  if (!keys) throw new UsageError(`OFFAIR_AS=${person}: the local stack has ${Object.keys(operators).join(", ")}`);
  return { OFFAIR_URL: url, ...awsKeys(keys) };
}

const storeSettings = ({ archive, ledger, storeKeys }: LocalStack): NodeJS.ProcessEnv => ({
  ARCHIVE_BUCKET: archive.bucket,
  AWS_ENDPOINT_URL_S3: archive.endpoint,
  LEDGER_TABLE: ledger.table,
  AWS_ENDPOINT_URL_DYNAMODB: ledger.endpoint,
  ...awsKeys(storeKeys),
});

const awsKeys = ({ accessKeyId, secretAccessKey }: z.infer<typeof keysSchema>): NodeJS.ProcessEnv => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
});
