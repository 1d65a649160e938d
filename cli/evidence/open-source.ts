/** Opens the evidence that a command reads: a folder, a tar (read, never unpacked), or the bucket that the audits write to. */
import { stat } from "node:fs/promises";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { OffairError } from "../../lib/core/errors.ts";
import { InputError, propertyOf, UsageError } from "../terminal/errors.ts";
import type { LocalStack } from "../terminal/local-stack.ts";
import { textOf, type Values } from "../terminal/options.ts";
import type { OpenBundle } from "./bundle-objects.ts";
import { openFolder } from "./folder-bundle.ts";
import { openTar } from "./tar-bundle.ts";

/** @throws OffairError `ERR_ARCHIVE` if the path is neither a folder nor a tar. */
export async function openBundle(path: string): Promise<OpenBundle> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return openFolder(path);
    if (found.isFile()) return openTar(path);
  } catch (cause) {
    if (cause instanceof OffairError) throw cause;
    throw new OffairError("ERR_ARCHIVE", `${path} cannot be opened`, { cause });
  }
  throw new OffairError("ERR_ARCHIVE", `${path} is neither a folder nor a tar`);
}

/** @throws InputError if the path cannot be opened. */
export async function openPath(path: string): Promise<OpenBundle> {
  try {
    return await openBundle(path);
  } catch (cause) {
    if (!(cause instanceof OffairError)) throw cause;
    const why = propertyOf(cause.cause, "code");
    throw new InputError(why === undefined ? cause.message : `${cause.message}: ${String(why)}`, { cause });
  }
}

/** Opens what `--bundle` or `--bucket` names; without either, the bucket in ARCHIVE_BUCKET. @throws UsageError if both are given. */
export async function openGiven(values: Values, env: NodeJS.ProcessEnv): Promise<OpenBundle> {
  const [path, bucket] = [textOf(values, "bundle"), textOf(values, "bucket")];
  if (path !== undefined && bucket !== undefined) throw new UsageError("give either --bundle or --bucket");
  return path === undefined ? openBucket(bucket, env) : openPath(path);
}

/** The SDK reads credentials, region and endpoint as usual. It is loaded here, because `verify` works without it. */
async function openBucket(named: string | undefined, env: NodeJS.ProcessEnv): Promise<OpenBundle> {
  const bucket = named ?? env.ARCHIVE_BUCKET;
  if (!bucket) throw new UsageError("no archive is given: use --bucket or --bundle, or set ARCHIVE_BUCKET");
  const forcePathStyle = Boolean(env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL); // other S3 servers rarely support a host per bucket
  const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
  return openArchive(bucket, { forcePathStyle, credentials: defaultProvider({ ignoreCache: true }) }); // also after they were renewed
}

/** With the keys of the local stack's stores, which are not those of its operators. */
export const openLocalArchive = ({ archive, region, storeKeys }: LocalStack): Promise<OpenBundle> =>
  openArchive(archive.bucket, { endpoint: archive.endpoint, region, credentials: storeKeys, forcePathStyle: true });

async function openArchive(bucket: string, settings: S3ClientConfig): Promise<OpenBundle> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { createArchive } = await import("../../lib/aws/s3-archive.ts");
  const client = new S3Client({ maxAttempts: 8, ...settings }); // more tries than the default: only one person waits
  return { ...createArchive(client, bucket), close: async () => client.destroy() };
}
