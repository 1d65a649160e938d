/** More requests to a ledger as fast-check makes them up: about cases, what people say was wrong, the sample, and what one person did alone. */
import * as fc from "fast-check";
import {
  addNote,
  askSecondOpinion,
  type CaseChange,
  releaseCase,
  reopenCase,
  takeCase,
} from "../../../lib/decisions/cases.ts";
import type { ReviewRecord } from "../../../lib/decisions/report-record.ts";
import type { Overturn } from "../../../lib/orders/overturn.ts";
import { NOON } from "../../support/fixtures.ts";
import { at, type Cast, keyOf, type Request, request } from "./ledger-requests.ts";
import "../../support/runs.ts";

const MINUTE_MS = 60_000;
const which = fc.constantFrom<(0 | 1 | 2)[]>(0, 0, 1, 2);
const person = fc.constantFrom("ana", "ben");
/** While a hold lasts, and after it. */
const minute = fc.constantFrom(0, 1, 8);
const remark = (by: string, minutes: number) => ({ by, at: at(minutes * MINUTE_MS), reason: "model" });

/** Two cases that are due at once have no order, so each has its own time. */
const dueAt = (which: number): string => at(100 + which);

type Change = (record: ReviewRecord, by: string, minutes: number, which: number) => CaseChange;
const CHANGES: Readonly<Record<string, Change>> = {
  takes: (record, by, minutes) => takeCase(record, by, new Date(at(minutes * MINUTE_MS))),
  releases: (record, by) => releaseCase(record, by),
  "notes something of": (record, by, minutes) => {
    const { reason: text, ...said } = remark(by, minutes);
    return addNote(record, { ...said, text });
  },
  "asks for a second opinion on": (record, by, minutes) =>
    askSecondOpinion(record, remark(by, minutes), new Date(at(minutes * MINUTE_MS))),
  reopens: (record, by, minutes, which) =>
    reopenCase(record, remark(by, minutes), { review: "open", openedAt: NOON.toISOString(), dueAt: dueAt(which) }),
};

/** A case as a sweep of the clock read it: only its key, its kind and its due time count. */
const asRead = (cast: Cast, which: 0 | 1 | 2, due: string): ReviewRecord =>
  ({
    ...{ key: keyOf(cast, which), dueAt: due },
    ...(which === 2 ? { untranslated: {} } : { report: {} }),
  }) as ReviewRecord;

const overturn = fc.record({
  because: fc.constantFrom<Overturn["because"][]>("policy", "context"),
  ...{ by: person, at: fc.constant(at(0)), reason: fc.constant("model") },
});

export const caseRequests: fc.Arbitrary<Request> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(person, fc.constantFrom(...Object.keys(CHANGES)), which, minute)
      .map(([by, change, which, minutes]) =>
        request(`${by} ${change} ${which} after ${minutes} minutes`, (ledger, cast) =>
          ledger.changeCase(
            keyOf(cast, which),
            (record) => CHANGES[change]?.(record, by, minutes, which) ?? { state: {} },
          ),
        ),
      ),
  },
  fc
    .tuple(which, fc.constantFrom("urgent", "half", "missed"), fc.boolean(), minute)
    .map(([which, alarm, isReopened, minutes]) =>
      request(`the alarm ${alarm} of ${which} was published${isReopened ? ", by its new clock" : ""}`, (ledger, cast) =>
        ledger.noteAlarms(asRead(cast, which, isReopened ? dueAt(which) : at(which)), {
          [alarm]: at(minutes * MINUTE_MS),
        }),
      ),
    ),
  which.map((which) =>
    request(`read the case ${which}`, (ledger, cast) => ledger.readCase(asRead(cast, which, at(0)))),
  ),
  fc
    .tuple(fc.constantFrom<(0 | 1)[]>(0, 1), overturn)
    .map(([which, statement]) =>
      request(`${statement.by} says that report ${which} was wrong: ${statement.because}`, (ledger, cast) =>
        ledger.addOverturn(keyOf(cast, which), statement),
      ),
    ),
  fc
    .tuple(fc.constantFrom<(0 | 1)[]>(0, 1), overturn)
    .map(([id, statement]) =>
      request(`${statement.by} says that plan ${id} was wrong: ${statement.because}`, (ledger, { orderIds }) =>
        ledger.addOrderOverturn(orderIds[id] ?? "", statement),
      ),
    ),
  fc
    .tuple(person, fc.constantFrom(0, 0.02))
    .map(([changedBy, share]) =>
      request(`${changedBy} lets ${share} be drawn`, (ledger) =>
        ledger.writeSample({ share, salt: "model", changedAt: at(0), changedBy, reason: "model" }),
      ),
    ),
  fc.tuple(person, fc.nat({ max: 2 })).map(([who, most]) =>
    request(`${who} does one of ${most} alone`, (ledger) =>
      ledger.changeSoloUse<string | number>(who, ({ slices }) => {
        const used = slices[0]?.bySource.alone ?? 0;
        if (used >= most) return { answer: `${used} are done` };
        return { taken: { slices: [{ startMs: 0, bySource: { alone: used + 1 } }] }, answer: used + 1 };
      }),
    ),
  ),
  fc
    .tuple(
      fc.constantFrom<(0 | 1)[]>(0, 1),
      fc.constantFrom<("accepted" | "failed")[]>("accepted", "failed"),
      fc.constantFrom<("verified" | "unverified")[]>("verified", "unverified"),
    )
    .map(([which, from, to]) =>
      request(`the outcome of report ${which} is no longer ${from} but ${to}`, (ledger, cast) =>
        ledger.changeOutcome(keyOf(cast, which), from, to),
      ),
    ),
);
