/**
 * Parses pages of Live's two lists. A row that cannot be read is left out and reported with its page, so that it costs that row and not the
 * list. Undocumented fields are ignored.
 */
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { formatIssues, issuesOf } from "../../core/issues.ts";
import type { Stream } from "../../core/stream.ts";
import type { LiveResponse } from "./parse-response.ts";

/** Names are as received, even if offair would refuse to send them, because a list must be complete. */
export interface DisabledStream extends Stream {
  /** When the stream may be pushed again, as received (RFC 3339). Null if Live names no end; the default of 7 days is for requests. */
  readonly resumeTime: string | null;
}

export interface OnlineStream extends Stream {
  /** As received. */
  readonly startTime: string | null;
  /** The broadcaster's address, as received. */
  readonly clientAddress: string | null;
}

/** A row that could not be read, with as much of its name as could be. */
export interface UnreadableRow {
  readonly app?: string | undefined;
  readonly stream?: string | undefined;
  /** The fields that are not as documented. */
  readonly issue: string;
}

interface Page<Row> {
  /**
   * As received. "Total number of elements in the query result" may mean all elements, or those of this page. Undefined if it is missing or
   * is not a number.
   */
  readonly total?: number | undefined;
  readonly rows: Row[];
  readonly unreadable: UnreadableRow[];
  readonly requestId?: string | undefined;
}

export type DisabledPage = Page<DisabledStream>;
export type OnlinePage = Page<OnlineStream>;

/** Also as text: `"3"`. */
const countSchema = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ])
  .pipe(z.number().int().nonnegative());

/** An invalid time makes the row unreadable: without its time, the stream would look disabled without an end. */
const resumeTimeSchema = z
  .union([z.literal("").transform(() => null), z.iso.datetime({ offset: true })])
  .nullish()
  .transform((time) => time ?? null);

const optionalText = z.string().optional().catch(undefined);

const disabledRows = z.array(
  z.object({ app_name: z.string(), stream_name: z.string(), resume_time: resumeTimeSchema }),
);

const onlineRows = z.array(
  z.object({
    publish_domain: z.string(),
    app: z.string(),
    stream: z.string(),
    start_time: optionalText,
    client_ip: optionalText,
  }),
);

/** The names of a row of either list. */
const namesSchema = z.object({
  app_name: optionalText,
  stream_name: optionalText,
  app: optionalText,
  stream: optionalText,
});

/** @param domain - the requested domain, which the entries do not have. @throws OffairError `ERR_LIVE_ANSWER` if it is no list. */
export function readDisabledPage(domain: string, answer: LiveResponse): DisabledPage {
  const page = readPage(answer, { rows: "blocks", total: "total" }, disabledRows);
  const rows = page.rows.map(({ app_name: app, stream_name: stream, resume_time: resumeTime }) => {
    return { domain, app, stream, resumeTime };
  });
  return { ...page, rows };
}

/** @throws OffairError `ERR_LIVE_ANSWER` if it is no list. */
export function readOnlinePage(answer: LiveResponse): OnlinePage {
  const page = readPage(answer, { rows: "streams", total: "total_num" }, onlineRows);
  const rows = page.rows.map(({ publish_domain: domain, app, stream, start_time, client_ip }) => {
    return { domain, app, stream, startTime: start_time || null, clientAddress: client_ip || null };
  });
  return { ...page, rows };
}

/** Other fields that a list may have. */
const OF_A_LIST = new Set(["request_id", "total_page", "offset", "limit"]);

const listSchema = z.array(z.unknown()).nullish();
const bodySchema = z.record(z.string(), z.unknown());

function readPage<Row>(
  { status, body, requestId }: LiveResponse,
  names: { readonly rows: string; readonly total: string },
  rowsSchema: z.ZodArray<z.ZodType<Row>>,
): Page<Row> {
  const fail = (issue: string): never => {
    throw new OffairError("ERR_LIVE_ANSWER", `a list answered with ${status} is not as documented: ${issue}`, {
      requestId,
      status,
    });
  };
  const fields = bodySchema.safeParse(status === 200 ? body : undefined).data ?? fail("it is not an object");
  const total = countSchema.safeParse(fields[names.total]).data;
  const list = listSchema.safeParse(fields[names.rows]);
  if (!list.success) return fail(`${names.rows} is not an array`);
  // Without rows, only what is certainly a list is an empty one: anything else may be the response of something else.
  const { [names.rows]: _rows, [names.total]: given, ...others } = fields;
  const isEmpty = total === 0 || ((given ?? null) === null && Object.keys(others).every((name) => OF_A_LIST.has(name)));
  if (!list.data && !isEmpty) return fail(`${names.rows} is missing though ${names.total} is not 0`);

  const all = rowsSchema.safeParse(list.data ?? []); // faster than row by row
  if (all.success) return { total, rows: all.data, unreadable: [], requestId };
  const rows: Row[] = [];
  const unreadable: UnreadableRow[] = [];
  for (const row of list.data ?? []) {
    const { data, error } = rowsSchema.element.safeParse(row);
    if (error) unreadable.push(describeUnreadable(row, error));
    else rows.push(data);
  }
  return { total, rows, unreadable, requestId };
}

function describeUnreadable(row: unknown, error: z.ZodError): UnreadableRow {
  const { app_name, stream_name, app = app_name, stream = stream_name } = namesSchema.safeParse(row).data ?? {};
  return { app, stream, issue: formatIssues(issuesOf(error).slice(0, 3)) };
}

/** Whether the row may be about this stream: none of its readable names differs. */
export const mayBeOf = (row: UnreadableRow, { app, stream }: Stream): boolean =>
  (row.app === undefined || row.app === app) && (row.stream === undefined || row.stream === stream);
