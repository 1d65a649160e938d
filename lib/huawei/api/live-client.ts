/** Client of Live's stream management APIs. Takes and returns `Stream`s, and hides that each API names the parameters differently. */
import type * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { knownStreamSchema, type Stream } from "../../core/stream.ts";
import { toSecondsUtc } from "../../core/time.ts";
import { everyPage, MAX_PAGE_SIZE } from "./every-page.ts";
import { type DisabledPage, mayBeOf, type OnlinePage, readDisabledPage, readOnlinePage } from "./list-pages.ts";
import { doneBetween, type LiveResponse } from "./parse-response.ts";
import { type Repeat, readAgain } from "./retry-reads.ts";
import type { LiveCall, Send } from "./send.ts";

export interface LiveReceipt {
  readonly requestId?: string | undefined;
  /** The times, by Live's clock, between which Live carried the call out; undefined without a `Date` header. */
  readonly doneBetween?: readonly [from: string, to: string] | undefined;
}

export interface WriteOptions {
  /** The latest time to start sending. */
  readonly sendBy?: Date | undefined;
}

export interface ListFilter {
  readonly app?: string | undefined;
  readonly stream?: string | undefined;
  readonly deadline?: AbortSignal | undefined;
}

interface DisabledFilter extends ListFilter {
  readonly page: number;
  readonly size?: number;
}

/** Options for reading all pages. */
export interface AllPagesFilter extends ListFilter {
  /** Retries a failed page, so that one failure does not end the listing. */
  readonly repeat?: Repeat | undefined;
}

/**
 * Every function rejects as `Send` does. It rejects with `ERR_LIVE_REJECTED` without sending if a name, page or size is outside the
 * documented limits (domain 1–255, app 1–128, stream 1–512 characters, never `*`; size and limit 1–100).
 */
export interface LiveClient {
  /**
   * Cuts the push once; the broadcaster may push again at once. Do not retry it blindly: a repeat cuts again.
   * @see CreateStreamForbiddenOnce, `POST /stream/block-once`; 300 calls a minute a user.
   */
  pause(stream: Stream, options?: WriteOptions): Promise<LiveReceipt>;
  /**
   * Cuts the push and forbids it until `resumeTime`, at most 90 days ahead, cut to whole seconds.
   * @throws OffairError also `ERR_LIVE_EXISTS` if it is disabled already (`update` then changes the time).
   * @see CreateStreamForbidden, `POST /stream/blocks`; 4,000 calls a minute a user, together with `update`.
   */
  disable(stream: Stream, resumeTime: Date, options?: WriteOptions): Promise<LiveReceipt>;
  /**
   * Moves the resume time of a disabled stream.
   * @see UpdateStreamForbidden, `PUT /stream/blocks`.
   */
  update(stream: Stream, resumeTime: Date, options?: WriteOptions): Promise<LiveReceipt>;
  /**
   * Allows pushing again.
   * @throws OffairError also `ERR_LIVE_NOT_FOUND` if it is not disabled.
   * @see DeleteStreamForbidden, `DELETE /stream/blocks`; 3,000 calls a minute a user, together with the list.
   */
  enable(stream: Stream, options?: WriteOptions): Promise<LiveReceipt>;
  /**
   * Reads one page of the disabled streams of an ingest domain. Whether `app` and `stream` match exactly is not documented.
   *
   * @param page - from 0.
   * @param size - 1 to 100, default 100; Live's own default is 10.
   * @throws OffairError also `ERR_LIVE_ANSWER` for a response that is not as documented.
   * @see ListStreamForbidden, `GET /stream/blocks`.
   */
  disabledPage(domain: string, options: DisabledFilter): Promise<DisabledPage>;
  /**
   * Reads every page until an empty page; or, after `total` rows, until a page that is shorter than one before it: Live may give fewer rows
   * than asked for. Entries may change between pages, so a stream can be missed or appear twice: compare the `total` of all pages with the
   * rows before treating the list as complete.
   *
   * @param size - 1 to 100, default 100.
   * @throws OffairError also `ERR_LIVE_ANSWER` after 10,000 pages.
   */
  listDisabled(domain: string, options?: AllPagesFilter & { size?: number }): AsyncIterable<DisabledPage>;
  /**
   * Finds the entry of exactly this stream, on any page; undefined if it is not listed now.
   *
   * @throws OffairError also `ERR_LIVE_ANSWER` if a row that cannot be read may be this entry.
   */
  findDisabled(
    stream: Stream,
    options?: { deadline?: AbortSignal | undefined },
  ): Promise<DisabledPage["rows"][number] | undefined>;
  /**
   * Reads one page of the streams being pushed. A new stream is listed after two to four minutes, so absence proves nothing.
   *
   * @param offset - rows to skip. @param limit - 1 to 100, default 100. `stream` needs `app`.
   * @see ListLiveStreamsOnline, `GET /realtime/streams`; 1,000 calls a minute a user.
   */
  onlinePage(domain: string, options: ListFilter & { offset: number; limit?: number }): Promise<OnlinePage>;
  /**
   * Checks whether Live accepts the key and knows the ingest domain, by reading one row of the list of disabled streams.
   *
   * @returns Live's clock, to the second; undefined if the response has no `Date` header.
   */
  look(domain: string, options?: { deadline?: AbortSignal | undefined }): Promise<Date | undefined>;
  /** Reads every page of the streams being pushed; ends like `listDisabled`. */
  listOnline(domain: string, filter?: AllPagesFilter): AsyncIterable<OnlinePage>;
  /** Counts the streams being pushed: by `total_num` if it is larger than the first page, otherwise by reading every page. */
  countOnline(domain: string, options?: { deadline?: AbortSignal | undefined }): Promise<number>;
}

export function createLiveClient(send: Send): LiveClient {
  async function write(
    method: LiveCall["method"],
    path: string,
    stream: Stream,
    { sendBy, resumeTime }: WriteOptions & { resumeTime?: Date } = {},
  ): Promise<LiveReceipt> {
    checkNames(stream, stream);
    const names = { domain: stream.domain, app_name: stream.app, stream_name: stream.stream };
    const what: Pick<LiveCall, "query" | "body"> =
      method === "DELETE"
        ? { query: Object.entries(names) }
        : { body: resumeTime ? { ...names, resume_time: toSecondsUtc(resumeTime) } : names };
    return readReceipt(await send({ method, path, stream, sendBy, ...what }), stream);
  }

  async function disabledPage(
    domain: string,
    { page, size = MAX_PAGE_SIZE, app, stream, deadline, isFollowed }: DisabledFilter & { isFollowed?: boolean },
  ): Promise<DisabledPage> {
    checkNames({ domain, app, stream });
    checkWindow("page", page, "size", size);
    const query = givenOnly({ domain, app_name: app, stream_name: stream, page: `${page}`, size: `${size}` });
    const call: LiveCall = { method: "GET", path: "/stream/blocks", query, deadline, isFollowed };
    return readAgain(async () => readDisabledPage(domain, await send(call)), deadline);
  }

  async function onlinePage(
    domain: string,
    { offset, limit = MAX_PAGE_SIZE, app, stream, deadline }: ListFilter & { offset: number; limit?: number },
  ): Promise<OnlinePage> {
    checkNames({ domain, app, stream });
    if (stream !== undefined && app === undefined) throw notSent("the online list takes a stream only with its app");
    checkWindow("offset", offset, "limit", limit);
    const query = givenOnly({ publish_domain: domain, app, stream, offset: `${offset}`, limit: `${limit}` });
    const call: LiveCall = { method: "GET", path: "/realtime/streams", query, deadline };
    return readAgain(async () => readOnlinePage(await send(call)), deadline);
  }

  const listDisabled = (
    domain: string,
    { size = MAX_PAGE_SIZE, repeat = once, ...filter }: AllPagesFilter & { size?: number } = {},
  ) => everyPage((next) => repeat(() => disabledPage(domain, { ...filter, ...next }), filter.deadline), size);

  const listOnline = (domain: string, { repeat = once, ...filter }: AllPagesFilter = {}) =>
    everyPage(
      ({ seen }) => repeat(() => onlinePage(domain, { ...filter, offset: seen }), filter.deadline),
      MAX_PAGE_SIZE,
    );

  return {
    pause: (stream, options) => write("POST", "/stream/block-once", stream, options),
    disable: (stream, resumeTime, options) => write("POST", "/stream/blocks", stream, { ...options, resumeTime }),
    update: (stream, resumeTime, options) => write("PUT", "/stream/blocks", stream, { ...options, resumeTime }),
    enable: (stream, options) => write("DELETE", "/stream/blocks", stream, options),
    disabledPage,
    listDisabled,
    async findDisabled({ domain, app, stream }, { deadline } = {}) {
      let unclear: string | undefined;
      for await (const { rows, unreadable } of listDisabled(domain, { app, stream, deadline })) {
        const found = rows.find((row) => row.app === app && row.stream === stream);
        if (found) return found;
        unclear ??= unreadable.find((row) => mayBeOf(row, { domain, app, stream }))?.issue;
      }
      if (unclear === undefined) return undefined;
      const message = `the list has a row that may be this stream and is not as documented: ${unclear}`;
      throw new OffairError("ERR_LIVE_ANSWER", message, { stream: { domain, app, stream } });
    },
    onlinePage,
    async look(domain, { deadline } = {}) {
      checkNames({ domain });
      const query = Object.entries({ domain, page: "0", size: "1" });
      return readAgain(async () => {
        const answer = await send({ method: "GET", path: "/stream/blocks", query, deadline });
        readDisabledPage(domain, answer);
        return answer.date;
      }, deadline);
    },
    listOnline,
    async countOnline(domain, { deadline } = {}) {
      let count = 0;
      for await (const { total = 0, rows, unreadable } of listOnline(domain, { deadline })) {
        const onPage = rows.length + unreadable.length;
        if (count === 0 && total > onPage) return total; // it counts more than its page, so it counts all
        count += onPage;
      }
      return count;
    },
  };
}

const once: Repeat = (read) => read();

/** Documented is 204. 200, 201 and 202 are accepted too if the response is empty or an object; errors were found in it before. */
function readReceipt({ status, body, requestId, ...response }: LiveResponse, stream: Stream): LiveReceipt {
  const isPlain = body === undefined || (typeof body === "object" && body !== null && !Array.isArray(body));
  if (status === 204 || (status <= 202 && isPlain)) return { requestId, doneBetween: doneBetween(response) };
  const what = isPlain ? `${status}` : `${status} and a body that is not documented`;
  throw new OffairError("ERR_LIVE_UNKNOWN", `Live answered a write with ${what}`, { stream, requestId, status });
}

const filterSchema = knownStreamSchema.partial({ app: true, stream: true });

function checkNames(names: z.input<typeof filterSchema>, stream?: Stream): void {
  const { error } = filterSchema.safeParse(names);
  const [issue] = error?.issues ?? [];
  if (issue) throw notSent(`${issue.path.join(".")} ${issue.message}`, stream);
}

function checkWindow(startName: string, start: number, sizeName: string, size: number): void {
  if (!Number.isSafeInteger(start) || start < 0) throw notSent(`${startName} must be a whole number from 0`);
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE_SIZE)
    throw notSent(`${sizeName} must be 1 to ${MAX_PAGE_SIZE}`);
}

const notSent = (issue: string, stream?: Stream): OffairError =>
  new OffairError("ERR_LIVE_REJECTED", `not sent: ${issue}`, { stream });

/** Omits undefined parameters, because some of Huawei's signers and gateways treat empty ones differently. */
const givenOnly = (parameters: Record<string, string | undefined>): [string, string][] =>
  Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
