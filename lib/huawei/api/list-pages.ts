/** Parses pages of Live's two lists: documented fields are required, undocumented ones are ignored. */
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

interface Page<Row> {
  /** As received. "Total number of elements in the query result" may mean all elements, or those of this page. */
  readonly total: number;
  readonly rows: Row[];
  readonly requestId?: string | undefined;
}

export type DisabledPage = Page<DisabledStream>;
export type OnlinePage = Page<OnlineStream>;

const countSchema = z.number().int().nonnegative();

/** An invalid time makes the page invalid: dropping it would make the stream look disabled without an end. */
const resumeTimeSchema = z
  .union([z.literal("").transform(() => null), z.iso.datetime({ offset: true })])
  .nullish()
  .transform((time) => time ?? null);

const disabledSchema = z
  .object({
    total: countSchema,
    blocks: z
      .array(z.object({ app_name: z.string(), stream_name: z.string(), resume_time: resumeTimeSchema }))
      .nullish(),
  })
  .refine(({ total, blocks }) => total === 0 || blocks, {
    path: ["blocks"],
    message: "is missing though total is not 0",
  });

const onlineSchema = z
  .object({
    total_num: countSchema,
    streams: z
      .array(
        z.object({
          publish_domain: z.string(),
          app: z.string(),
          stream: z.string(),
          start_time: z.string().nullish(),
          client_ip: z.string().nullish(),
        }),
      )
      .nullish(),
  })
  .refine(({ total_num, streams }) => total_num === 0 || streams, {
    path: ["streams"],
    message: "is missing though total_num is not 0",
  });

/** @param domain - the requested domain, which the entries do not have. @throws OffairError `ERR_LIVE_ANSWER` naming the fields. */
export function readDisabledPage(domain: string, answer: LiveResponse): DisabledPage {
  const { total, blocks } = check(disabledSchema, answer);
  const rows = (blocks ?? []).map(({ app_name, stream_name, resume_time }) => ({
    domain,
    app: app_name,
    stream: stream_name,
    resumeTime: resume_time,
  }));
  return { total, rows, requestId: answer.requestId };
}

/** @throws OffairError `ERR_LIVE_ANSWER` naming the invalid fields. */
export function readOnlinePage(answer: LiveResponse): OnlinePage {
  const { total_num, streams } = check(onlineSchema, answer);
  const rows = (streams ?? []).map(({ publish_domain, app, stream, start_time, client_ip }) => ({
    domain: publish_domain,
    app,
    stream,
    startTime: start_time || null,
    clientAddress: client_ip || null,
  }));
  return { total: total_num, rows, requestId: answer.requestId };
}

function check<T>(schema: z.ZodType<T>, { status, body, requestId }: LiveResponse): T {
  const { data, error } = schema.safeParse(status === 200 ? body : undefined);
  if (!error) return data;
  const issues = formatIssues(issuesOf(error).slice(0, 5)); // a page has a hundred rows
  throw new OffairError("ERR_LIVE_ANSWER", `a list answered with ${status} is not as documented: ${issues}`, {
    requestId,
    status,
  });
}
