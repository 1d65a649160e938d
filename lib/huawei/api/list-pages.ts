/** The two lists as Live answers them: what is documented is required, what is not is let pass and dropped. */
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { formatIssues, issuesOf } from "../../core/issues.ts";
import type { Stream } from "../../core/stream.ts";
import type { LiveResponse } from "./parse-response.ts";

/** Names are as answered, also those that we would refuse to send: a list must show what is there. */
export interface DisabledStream extends Stream {
  /** When pushing is allowed again, as answered: RFC 3339. Null if Live names no end; its 7 days' default is for requests. */
  readonly resumeTime: string | null;
}

export interface OnlineStream extends Stream {
  /** As answered. */
  readonly startTime: string | null;
  /** The broadcaster's, as answered. */
  readonly clientAddress: string | null;
}

interface Page<Row> {
  /** As answered. "Total number of elements in the query result" may mean all, or those of this page. */
  readonly total: number;
  readonly rows: Row[];
  readonly requestId?: string | undefined;
}

export type DisabledPage = Page<DisabledStream>;
export type OnlinePage = Page<OnlineStream>;

const countSchema = z.number().int().nonnegative();

/** A time that cannot be read fails the page: kept, it would be misread later; dropped, a ban would look endless. */
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
          ...{ publish_domain: z.string(), app: z.string(), stream: z.string() },
          ...{ start_time: z.string().nullish(), client_ip: z.string().nullish() },
        }),
      )
      .nullish(),
  })
  .refine(({ total_num, streams }) => total_num === 0 || streams, {
    path: ["streams"],
    message: "is missing though total_num is not 0",
  });

/** @param domain - as asked for; the entries do not carry it. @throws OffairError `ERR_LIVE_ANSWER` naming the faulty fields. */
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

/** @throws OffairError `ERR_LIVE_ANSWER` naming the faulty fields. */
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
