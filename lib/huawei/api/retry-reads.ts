/** Retries reads. Only for reads, because a repeated write may act twice. */
import { OffairError } from "../../core/errors.ts";

export type Repeat = <T>(read: () => Promise<T>, deadline?: AbortSignal) => Promise<T>;

export interface RepeatDeps {
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
}

/** If one page in fifteen fails, a list of 100 pages fails five times in a row on one page only once in ten thousand lists. */
const ATTEMPTS = 5;
const BASE_DELAY_MS = 250;
const MAX_DELAY_MS = 2_000;

/** Not `ERR_LIVE_SIGNATURE`: a refused key stays refused. */
const TRANSIENT = new Set(["ERR_LIVE_THROTTLED", "ERR_LIVE_UNAVAILABLE"]);

/** A success that is not as documented, for example a proxy's page or half a body. A redirect stays one. */
const isUnreadable = (error: unknown): error is OffairError =>
  error instanceof OffairError && error.code === "ERR_LIVE_ANSWER" && (error.details.status ?? 300) < 300;

export function createRepeat({ sleep, random }: RepeatDeps): Repeat {
  /** The last failure of each listing, by its deadline. */
  const lastOf = new WeakMap<AbortSignal, OffairError>();
  return async (read, deadline) => {
    let cause: OffairError | undefined;
    for (let failures = 1; ; failures += 1) {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof OffairError)) throw error;
        if (deadline?.aborted && isOfTime(error)) throw withCause(error, cause, lastOf.get(deadline));
        const isTransient = TRANSIENT.has(error.code) || isUnreadable(error);
        if (!isTransient || failures === ATTEMPTS || deadline?.aborted) throw error;
        cause = error;
        if (deadline) lastOf.set(deadline, error);
        await sleep((0.5 + 0.5 * random()) * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (failures - 1)));
      }
    }
  };
}

/** Not sent, or no response: so the deadline itself ended the read. */
const isOfTime = ({ code, details }: OffairError): boolean =>
  code === "ERR_LIVE_UNAVAILABLE" && details.status === undefined;

/** Names the cause of a read that its deadline ended: the failure of its own attempts, with its code; or that of an earlier page. */
function withCause(error: OffairError, own: OffairError | undefined, earlier: OffairError | undefined): OffairError {
  if (own) return new OffairError(own.code, `${own.message}; then the time for this list ended`, own.details);
  if (!earlier) return error;
  return new OffairError(error.code, `${error.message}; an earlier page: ${earlier.message}`, error.details);
}

/** Reads once more, at once, if the response cannot be read. */
export async function readAgain<T>(read: () => Promise<T>, deadline?: AbortSignal): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isUnreadable(error) || deadline?.aborted) throw error;
    return read();
  }
}
