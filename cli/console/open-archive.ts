/** Opens the archive for one request of the page, and says in words why it cannot be read. */
import { OffairError } from "../../lib/core/errors.ts";
import type { OpenBundle } from "../evidence/bundle-objects.ts";
import { openGiven, openLocalArchive } from "../evidence/open-source.ts";
import type { CommandDeps } from "../terminal/command.ts";
import { InputError, propertyOf } from "../terminal/errors.ts";
import { RequestError } from "./reply.ts";

type ArchiveDeps = Pick<CommandDeps, "env" | "local"> & Partial<Pick<CommandDeps, "interrupted">>;

export const hasArchive = ({ env, local }: ArchiveDeps): boolean => local !== undefined || Boolean(env.ARCHIVE_BUCKET);

/** @throws RequestError */
export async function withArchive<T>(deps: ArchiveDeps, read: (bundle: OpenBundle) => Promise<T>): Promise<T> {
  if (!hasArchive(deps))
    throw new RequestError("invalid", "no archive is named: set ARCHIVE_BUCKET and start offair console again");
  const bundle = await (deps.local ? openLocalArchive(deps.local) : openGiven({}, deps.env));
  try {
    return await read(until(bundle, deps.interrupted?.()));
  } catch (error) {
    throw readingError(error);
  } finally {
    await bundle.close();
  }
}

/** Nothing is read any more once the console was ended: an export of years must not keep the command running. */
const until = (bundle: OpenBundle, signal: AbortSignal | undefined): OpenBundle => ({
  ...bundle,
  async read(name) {
    if (signal?.aborted) throw new InputError("the console was ended");
    return bundle.read(name);
  },
});

/** What AWS calls it if the operator's credentials have expired, or are not allowed to read the archive. */
const CREDENTIALS =
  /^(AccessDenied|ExpiredToken|InvalidAccessKeyId|InvalidToken|SignatureDoesNotMatch|CredentialsProvider|TokenProvider)/;

function readingError(error: unknown): unknown {
  if (error instanceof InputError) return new RequestError("failed", error.message);
  if (!(error instanceof OffairError)) return error;
  const { cause, message } = error;
  if (!(cause instanceof Error)) return new RequestError("failed", message);
  const said = `${message}: ${String(propertyOf(cause, "message"))}`;
  return new RequestError(CREDENTIALS.test(cause.name) ? "credentials" : "failed", said);
}
