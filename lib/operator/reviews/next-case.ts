/**
 * `next-case`: hands out the most urgent case; sample cases after all others, because their action was carried out and nothing waits for
 * them. The list of cases lags behind, so it only proposes cases in their order: the write of the hold checks again that nobody holds the
 * case and that this person may decide it.
 */
import { holderOf, type Refusal, takeCase, whyNotDecide } from "../../decisions/cases.ts";
import { isSampleCase, type ReviewRecord } from "../../decisions/report-record.ts";
import { isSamePerson } from "../../safeguards/identity.ts";
import type { EventOf } from "../contract/request.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import type { CaseDeps } from "./change-case.ts";
import { answerWith } from "./describe-case.ts";

const PAGE = 100;
/** 20,000 cases. A longer list of cases that this person cannot take is not read to its end. */
const MAX_PAGES = 200;

type Why = "held" | "skipped" | "awaitingOthers";

export async function nextCase(event: EventOf<"next-case">, deps: CaseDeps): Promise<OperatorResponse> {
  const { requestedBy } = event;
  const { ledger, now } = deps;
  const skip = new Set(event.skip);
  const passed: Record<Why, number> = { held: 0, skipped: 0, awaitingOthers: 0 };
  const isPassed = (why: Why | undefined): boolean => {
    if (why) passed[why] += 1;
    return why !== undefined;
  };

  /** Takes the first of these cases that can be taken. */
  async function take(records: readonly ReviewRecord[]): Promise<ReviewRecord | undefined> {
    for (const { key } of inOrder(records, requestedBy, now())) {
      // Held from now, and not from the first attempt of the request: an interrupted one may be long ago.
      const answer = await ledger.changeCase(key, (record) => takeCase(record, requestedBy, now()));
      if ("record" in answer) return answer.record;
      isPassed(whyPassed(answer.refusal));
    }
    return undefined;
  }

  const sample: ReviewRecord[] = [];
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { records, next } = await ledger.openReviews(PAGE, after);
    const takeable = records.filter((record) => {
      if (record.verdict) return false;
      const refusal = whyNotDecide(record, requestedBy, now());
      return !isPassed(skip.has(record.key) ? "skipped" : whyPassed(refusal));
    });
    const taken = await take(takeable.filter((record) => !isSampleCase(record)));
    if (taken) return answerWith(taken, deps);
    sample.push(...takeable.filter(isSampleCase));
    if (next === undefined) break;
    after = next;
  }
  const taken = await take(sample);
  if (taken) return answerWith(taken, deps);
  return { ok: true, results: [], errors: [], noCase: { says: describe(passed), ...passed } };
}

function whyPassed(refusal: Refusal | undefined): Why | undefined {
  if (refusal?.because === "held") return "held";
  const isForOthers = refusal?.because === "second-opinion" || refusal?.because === "own-decision";
  return isForOthers ? "awaitingOthers" : undefined;
}

/** Cases that this person holds already come first, then those that are due first. A case without a due time is older than the clock. */
function inOrder(records: readonly ReviewRecord[], person: string, now: Date): ReviewRecord[] {
  const isOwn = (record: ReviewRecord) => {
    const holder = holderOf(record, now);
    return holder !== undefined && isSamePerson(holder.by, person);
  };
  const placeOf = (record: ReviewRecord) => `${isOwn(record) ? 0 : 1} ${record.dueAt ?? record.decidedAt}`;
  return records.toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
}

function describe({ held, skipped, awaitingOthers }: Record<Why, number>): string {
  const rest = [
    ...(held > 0 ? [`${held} held by others`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(awaitingOthers > 0
      ? [`${awaitingOthers} for another person (you asked for a second opinion, or decided what is appealed)`]
      : []),
  ];
  return rest.length === 0 ? "nothing waits for review" : `no other case waits for you: ${rest.join(", ")}`;
}
