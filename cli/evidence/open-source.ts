/** Where a command reads evidence from: a folder or a tar that somebody was handed, or the bucket that the audits write to. */
import type { Bundle } from "../../lib/archive/bundle.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { InputError, propertyOf, UsageError } from "../terminal/errors.ts";
import { textOf, type Values } from "../terminal/options.ts";
import { openBundle } from "./open-bundle.ts";

export interface Source {
  readonly bundle: Bundle;
  close(): Promise<void>;
}

/** @throws InputError where there is no such file. */
export async function openPath(path: string): Promise<Source> {
  try {
    const bundle = await openBundle(path);
    return { bundle, close: () => bundle.close() };
  } catch (cause) {
    if (!(cause instanceof OffairError)) throw cause;
    const why = propertyOf(cause.cause, "code");
    throw new InputError(why === undefined ? cause.message : `${cause.message}: ${String(why)}`, { cause });
  }
}

/** What `--bundle` or `--bucket` names; otherwise the bucket that the environment does. @throws UsageError for both */
export async function openGiven(values: Values, env: NodeJS.ProcessEnv): Promise<Source> {
  const [path, bucket] = [textOf(values, "bundle"), textOf(values, "bucket")];
  if (path !== undefined && bucket !== undefined) throw new UsageError("give either --bundle or --bucket");
  return path === undefined ? openBucket(bucket, env) : openPath(path);
}

/** The SDK reads credentials, region and endpoint as it always does. It is loaded here, for whoever verifies needs none of it. */
async function openBucket(named: string | undefined, env: NodeJS.ProcessEnv): Promise<Source> {
  const bucket = named ?? env.ARCHIVE_BUCKET;
  if (!bucket) throw new UsageError("which archive? Give --bucket, or set ARCHIVE_BUCKET");
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { createArchive } = await import("../../lib/aws/s3-archive.ts");
  const forcePathStyle = Boolean(env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL); // few others answer to a host a bucket
  const client = new S3Client({ maxAttempts: 8, forcePathStyle }); // patient: nobody waits but the person who asked
  return { bundle: createArchive(client, bucket), close: async () => client.destroy() };
}
