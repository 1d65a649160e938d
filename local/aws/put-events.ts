/**
 * PutEvents, from a parsed request to its response. A parameter that is not implemented is refused, never ignored. Knows no socket and no signature.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { AwsError } from "./aws-error.ts";

/** The quota of an entry: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const MAX_ENTRY_BYTES = 256 * 1024;
const MAX_DETAIL_TYPE = 128;
const MAX_SOURCE = 256;
const MAX_RESOURCES = 200;
const TIME_BYTES = 14;

const entrySchema = z.strictObject({
  EventBusName: z.string().min(1).max(1_600).optional(),
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  /** JSON 1.1 writes a time as seconds since 1970. */
  Time: z.number().optional(),
  Resources: z.array(z.string().max(2_048)).optional(),
  TraceHeader: z.string().min(1).max(500).optional(),
});
type Entry = z.infer<typeof entrySchema>;

const inputSchema = z.strictObject({ Entries: z.array(entrySchema).min(1).max(10) });

/** An event as a rule of the bus would match it. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
export interface BusEvent {
  readonly id: string;
  /** Name of the bus. */
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly time: Date;
}

type Result = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

/** @throws AwsError `ValidationException`. */
export function parsePutEvents(body: unknown): readonly Entry[] {
  const { data, error } = inputSchema.safeParse(body);
  if (!data) throw new AwsError(400, "ValidationException", z.prettifyError(error));
  const isWhole = ({ Source, DetailType, Detail }: Entry) => Boolean(Source && DetailType && Detail);
  if (!data.Entries.some(isWhole)) {
    throw new AwsError(400, "ValidationException", "No entry has each of Source, DetailType and Detail.");
  }
  return data.Entries;
}

/** Carries the entries out one by one: those that fail do not stop the others. */
export function putEvents(
  entries: readonly Entry[],
  now: Date,
): {
  readonly answer: { readonly FailedEntryCount: number; readonly Entries: readonly Result[] };
  readonly events: readonly BusEvent[];
} {
  const events: BusEvent[] = [];
  const results = entries.map((entry): Result => {
    const fault = faultOf(entry);
    if (fault) return fault;
    const { EventBusName = "default", Source = "", DetailType = "", Detail = "", Time } = entry;
    const EventId = randomUUID();
    events.push({
      ...{ id: EventId, bus: nameOf(EventBusName), source: Source, detailType: DetailType, detail: JSON.parse(Detail) },
      time: Time === undefined ? now : new Date(Time * 1_000),
    });
    return { EventId };
  });
  const FailedEntryCount = results.filter((result) => "ErrorCode" in result).length;
  return { answer: { FailedEntryCount, Entries: results }, events };
}

/** A bus is named by its name or its ARN. */
const nameOf = (bus: string): string => bus.replace(/^arn:[^/]*:event-bus\//, "");

/** Codes of https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html */
function faultOf(entry: Entry): Extract<Result, { ErrorCode: string }> | undefined {
  const invalid = (ErrorMessage: string) => ({ ErrorCode: "InvalidArgument", ErrorMessage });
  for (const name of ["Source", "DetailType", "Detail"] as const) {
    if (!entry[name]) return invalid(`Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
  }
  const { Source = "", DetailType = "", Detail = "", Resources = [] } = entry;
  if (Source.startsWith("aws.")) {
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  }
  if (DetailType.length > MAX_DETAIL_TYPE) return invalid(`DetailType has more than ${MAX_DETAIL_TYPE} characters.`);
  if (Source.length > MAX_SOURCE) return invalid(`Source has more than ${MAX_SOURCE} characters.`);
  if (Resources.length > MAX_RESOURCES) return invalid(`Resources has more than ${MAX_RESOURCES} entries.`);
  if (sizeOf(entry) > MAX_ENTRY_BYTES) return invalid(`The entry has more than ${MAX_ENTRY_BYTES} bytes.`);
  return isJsonObject(Detail) ? undefined : { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size */
const sizeOf = ({ Source = "", DetailType = "", Detail = "", Resources = [], Time }: Entry): number =>
  [Source, DetailType, Detail, ...Resources].reduce(
    (sum, text) => sum + Buffer.byteLength(text),
    Time === undefined ? 0 : TIME_BYTES,
  );

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
