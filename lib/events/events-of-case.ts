/**
 * The events of a case: each time that it was opened, the alarms of its clock, and its verdicts. A case that is opened again begins another
 * round; the rounds before are in its earlier verdicts.
 */
import { isOfCanary } from "../core/canary.ts";
import { definedOnly } from "../core/defined-only.ts";
import { nameOf } from "../core/stream.ts";
import {
  isSampleCase,
  type ReportRecord,
  type ReviewRecord,
  type ReviewState,
  type UntranslatedRecord,
  type Verdict,
} from "../decisions/report-record.ts";
import type { DataOf } from "./catalogue.ts";
import type { OffairEvent } from "./event.ts";
import { hashInId, makeEvent } from "./make-event.ts";

const ALARMS = ["urgent", "half", "nearly", "missed"] as const;

/** The time from one opening to the next. */
interface Round extends Pick<ReviewState, "dueAt" | "urgent" | "alarms"> {
  readonly openedAt: string;
  readonly verdict?: Verdict | undefined;
}

export const eventsOfUntranslated = (record: UntranslatedRecord): OffairEvent[] =>
  isOfCanary(record.key) ? [] : eventsOfCase(record);

export const eventsOfCase = (record: ReviewRecord): OffairEvent[] =>
  roundsOf(record).flatMap((round, index) => eventsOfRound(record, round, index));

function roundsOf(record: ReviewRecord): Round[] {
  const { review, openedAt, dueAt, urgent, alarms, verdict, earlierVerdicts = [] } = record;
  if (review === undefined && openedAt === undefined && !verdict && earlierVerdicts.length === 0) return [];
  const firstAt = ("closedAt" in record ? record.closedAt : undefined) ?? record.decidedAt;
  const opened = [firstAt, ...earlierVerdicts.map(({ takenBack }) => takenBack.at)];
  const earlier = earlierVerdicts.map((given, round) =>
    definedOnly({
      openedAt: given.openedAt ?? opened[round] ?? firstAt,
      dueAt: given.dueAt,
      urgent: given.urgent,
      alarms: given.alarms,
      verdict: given,
    }),
  );
  return [...earlier, definedOnly({ openedAt: openedAt ?? opened.at(-1) ?? firstAt, dueAt, urgent, alarms, verdict })];
}

function eventsOfRound(record: ReviewRecord, round: Round, index: number): OffairEvent[] {
  const { openedAt, dueAt, urgent, alarms = {}, verdict } = round;
  const known = "report" in record ? ofReport(record) : ofMessage(record);
  const data = definedOnly({ ...known, round: index, dueAt });
  const id = `case-${hashInId(known.kind, known.report)}-${index}`;
  const { stream } = known;
  const due = ALARMS.flatMap((alarm) => {
    const time = alarms[alarm];
    if (time === undefined) return [];
    return [makeEvent("case.due", { id: `${id}-due-${alarm}`, time, stream, data: { ...data, alarm } })];
  });
  const opened = { ...data, ...whyOpen(record), ...(urgent && { urgent }) };
  return [
    makeEvent("case.opened", { id: `${id}-opened`, time: openedAt, stream, data: opened }),
    ...due,
    ...(verdict
      ? [
          makeEvent("case.decided", {
            id: `${id}-decided`,
            time: verdict.at,
            stream,
            data: { ...data, ...given(verdict) },
          }),
        ]
      : []),
  ];
}

const ofReport = (record: ReportRecord) =>
  definedOnly({
    report: record.key,
    kind: record.report.appeal ? ("appeal" as const) : ("report" as const),
    source: record.report.source,
    stream: nameOf(record.report.stream),
    category: record.report.category,
    appealOf: record.report.appeal?.number,
    sample: isSampleCase(record) ? (true as const) : undefined,
  });

/** Without what is wrong with the message: that may quote it. */
const ofMessage = ({ key, untranslated }: UntranslatedRecord) => ({
  report: key,
  kind: "message" as const,
  source: untranslated.source,
  stream: undefined,
});

function whyOpen(record: ReviewRecord): Pick<DataOf<"case.opened">, "because" | "action" | "rule"> {
  if (!("report" in record)) return { because: record.because };
  const { because, decision } = record;
  return definedOnly({ because: because ?? decision.because, action: decision.action, rule: decision.rule });
}

/** Without the reason: people describe the report there. */
const given = ({ verdict, by, action, resumeTime: until, orderId }: Verdict) =>
  definedOnly({ verdict, by, action, until, orderId });
