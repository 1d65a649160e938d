/** Reads an order's effect back from Live's list of disabled streams. */
import { OffairError } from "../core/errors.ts";
import type { Stream } from "../core/stream.ts";
import { READ_BACK_MS } from "../core/timeouts.ts";
import { type Failure, failureOf } from "./failure.ts";
import type { Order, OrderEnd } from "./order.ts";
import type { OrderStore } from "./order-store.ts";

export interface VerifyDeps {
  readonly ledger: Pick<OrderStore, "setWaiting">;
  readonly live: {
    findDisabled(stream: Stream): Promise<{ readonly resumeTime: string | null } | undefined>;
  };
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Waits before each read that verifies a disable: an entry is usually listed at once and sometimes later, and a read may fail. */
const VERIFY_DELAYS_MS = [0, 300, 1_000, 2_500, 2_500];

/**
 * Whether Live's list shows the effect of a call that got no answer. A read that fails permanently counts as no; so does any failed read of
 * an order that ends here.
 */
export async function wasDone(order: Order, deps: VerifyDeps, isEnding: boolean): Promise<boolean> {
  try {
    return await isDone(order, deps);
  } catch (error) {
    if (isBusy(error)) throw error;
    if (isEnding || (error instanceof OffairError && !error.retryable)) return false;
    // Only the first time, because an order may be read back every few seconds for days.
    const failure = error instanceof OffairError && failureOf(error);
    if (failure && failure.error !== order.waiting?.error) {
      await deps.ledger.setWaiting(order, { ...failureText(failure), since: deps.now().toISOString() });
    }
    throw error;
  }
}

type Verified = Pick<OrderEnd, "outcome" | "error" | "message">;

/**
 * The order is carried out already, so a failed read makes it unverified and not failed. The last failure is its message.
 *
 * @throws OffairError `ERR_BUSY` if the list could not be read in this invocation: the order is read back when it is delivered again.
 */
export async function verify(order: Order, deps: VerifyDeps): Promise<Verified> {
  const untilMs = deps.now().getTime() + READ_BACK_MS;
  let failure: Failure | undefined;
  for (const delayMs of VERIFY_DELAYS_MS) {
    if (deps.now().getTime() + delayMs > untilMs) break;
    if (delayMs > 0) await deps.sleep(delayMs);
    try {
      if (await isDone(order, deps)) return { outcome: "verified" };
      failure = undefined;
    } catch (error) {
      if (isBusy(error)) throw error;
      // The time for a read ends during a failure that lasts: then that failure is the cause.
      const isOfTime = error instanceof OffairError && error.details.status === undefined;
      failure = isOfTime && failure ? failure : error instanceof OffairError ? failureOf(error) : undefined;
    }
  }
  return { outcome: "unverified", ...(failure && failureText(failure)) };
}

const isBusy = (error: unknown): boolean => error instanceof OffairError && error.code === "ERR_BUSY";

const failureText = ({ error, message }: Failure): Pick<Failure, "error" | "message"> => ({ error, message });

/** Whether Live's list shows what the order asked for. False for a pause, which leaves no entry: see push-identity.ts. */
async function isDone(
  { action, stream, resumeTime, authority }: Order,
  { live }: Pick<VerifyDeps, "live">,
): Promise<boolean> {
  if (action === "pause") return false;
  const entry = await live.findDisabled(stream);
  if (action === "enable") return entry === undefined;
  if (entry === undefined) return false;
  // An entry without a resume time has no known end, so it is at least as long as asked.
  if (entry.resumeTime === null) return true;
  const [listed, asked] = [Date.parse(entry.resumeTime), Date.parse(resumeTime ?? "")];
  return authority.kind === "rule" ? listed >= asked : listed === asked;
}
