/** A change of up to ten streams: what its dry run says, and how its outcomes become known. */
import { hasDocumentedName, streamKey } from "../../lib/core/stream-name.ts";
import type { OperatorResponse, Result } from "../../lib/operator/contract/response-schema.ts";
import { shortens } from "../../lib/operator/contract/shorter.ts";

export const isUndocumented = ({ stream }: Result): boolean => !hasDocumentedName(stream);

/** What a person has to agree to before the change is sent. */
export interface Questions {
  /** Streams whose present disable would end earlier. */
  readonly shortened: number;
  /** Streams whose names have characters that Live does not document. */
  readonly undocumented: number;
}

export const questionsOf = (results: readonly Result[], action: "enable" | "disable"): Questions => ({
  shortened: results.filter(shortens).length,
  undocumented: action === "enable" ? 0 : results.filter(isUndocumented).length,
});

export const isOpen = (results: readonly Result[]): boolean => results.some(({ outcome }) => outcome === "ordered");

interface FollowDeps {
  readonly status: (orderId: string) => Promise<OperatorResponse>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
  /** The person does not watch any more. */
  readonly isOver: () => boolean;
  readonly onResults: (results: readonly Result[]) => void;
}

const POLL_MS = 1_000;
/** Then the page stops asking. The orders stay queued, and the page of plans shows their outcomes. */
const WAIT_MS = 120_000;

/** Reads the outcomes until each is known. A read that fails is tried again. @returns whether each is known. */
export async function followOutcomes(sent: OperatorResponse, deps: FollowDeps): Promise<boolean> {
  const { orderId } = sent;
  let { results } = sent;
  const untilMs = deps.now() + WAIT_MS;
  while (orderId !== undefined && isOpen(results) && deps.now() < untilMs) {
    await deps.sleep(POLL_MS);
    if (deps.isOver()) return false;
    const answer = await deps.status(orderId).catch(() => undefined);
    if (!answer || answer.results.length === 0) continue;
    results = answer.results.map((each) => withPrevious(each, sent));
    deps.onResults(results);
  }
  return !isOpen(results);
}

/** A status does not have the end that the stream had before the order. */
function withPrevious(result: Result, { results }: OperatorResponse): Result {
  const before = results.find(({ stream }) => streamKey(stream) === streamKey(result.stream))?.previousResumeTime;
  return before === undefined ? result : { ...result, previousResumeTime: before };
}
