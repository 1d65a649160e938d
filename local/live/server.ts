/** The HTTP server of a simulated Live: reads requests, applies faults, writes answers. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { readBody, splitTarget } from "../kit/http.ts";
import { gatewayError, type HttpResponse } from "./answer.ts";
import type { Fault } from "./faults.ts";
import { claimedUser } from "./gateway.ts";
import { parsePath } from "./routes.ts";
import { type ReceivedRequest, splitQuery } from "./signature.ts";
import type { World } from "./world.ts";

/** Gateway: "413 body > 12 MB; 414 URI > 32 KB". */
const MAX_BODY_BYTES = 12 * 1024 * 1024;
const MAX_URI_BYTES = 32 * 1024;

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] ?? "", raw[2 * index + 1] ?? ""]);
}

/** The stream of a call, as far as it can be read; for the log, and to match faults. */
function streamOf({ target, body }: ReceivedRequest) {
  const fields = new Map<string, unknown>();
  for (const { name, value } of splitQuery(splitTarget(target).query)) fields.set(name.toString(), value.toString());
  try {
    for (const [name, value] of Object.entries(JSON.parse(body.toString()) ?? {})) fields.set(name, value);
  } catch {} // not JSON: the call itself answers the error
  const pick = (...names: string[]) => {
    const value = names.map((name) => fields.get(name)).find((known) => typeof known === "string");
    return typeof value === "string" ? value : null;
  };
  return {
    domain: pick("domain", "publish_domain"),
    app: pick("app_name", "app"),
    stream: pick("stream_name", "stream"),
  };
}

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = { "content-type": "application/json" };

function toRaw({ status, body, fromGateway }: HttpResponse, requestId: string): RawAnswer {
  if (!body) return { status, headers: {}, body: "" };
  return { status, headers: JSON_TYPE, body: JSON.stringify(fromGateway ? { ...body, request_id: requestId } : body) };
}

/** The answer of a rule that replaces Live's; undefined if the call is handled. */
function spoiledAnswer(fault: Fault | undefined, requestId: string): RawAnswer | undefined {
  switch (fault?.kind) {
    case "status": {
      const { status, code, msg } = fault;
      const fromGateway = code?.startsWith("APIG");
      const body = { ...(code !== null && { error_code: code }), ...(msg !== null && { error_msg: msg }) };
      const answer: HttpResponse = { status, ...(Object.keys(body).length > 0 && { body }) };
      return toRaw(fromGateway ? { ...answer, fromGateway } : answer, requestId);
    }
    case "not-json":
      return {
        status: fault.status,
        headers: { "content-type": "text/html" },
        body: "<html><body>Sorry</body></html>",
      };
    case "half-json":
      return { status: fault.status, headers: JSON_TYPE, body: '{"total":2,"blocks":[{"app_name":"li' };
    case "redirect":
      return { status: 302, headers: { location: fault.location ?? "/redirected" }, body: "" };
    default:
      return undefined;
  }
}

/** The answer of a list with odd rows and another total; any other answer as it is. */
function withOddities(answer: HttpResponse, fault: Fault | undefined): HttpResponse {
  const { blocks, streams } = answer.body ?? {};
  const listed = blocks ?? streams;
  if (fault?.kind !== "odd-list" || !Array.isArray(listed)) return answer;
  const { total: totalName, rows: rowsName } = blocks
    ? { total: "total", rows: "blocks" }
    : { total: "total_num", rows: "streams" };
  const { [totalName]: counted, ...body } = answer.body ?? {};
  const total = fault.total === undefined ? Number(counted) + fault.rows.length : fault.total;
  return {
    ...answer,
    body: { ...(total !== null && { [totalName]: total }), ...body, [rowsName]: [...fault.rows, ...listed] },
  };
}

/** What follows the head of a 204, with the header that announces it. */
function bodyAfter204({ body, framing }: Extract<Fault, { kind: "body-after-204" }>): string {
  const length = Buffer.byteLength(body);
  if (framing === "length") return `content-length: ${length}\r\n\r\n${body}`;
  if (framing === "none") return `\r\n${body}`;
  return `transfer-encoding: chunked\r\n\r\n${length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
}

/** Answers every call to Live, by the state at the time of handling. `closing` ends all waiting. */
export function createLiveServer(world: () => World, closing: AbortSignal) {
  const wait = (ms: number) => (ms > 0 ? sleep(ms, undefined, { signal: closing }) : undefined);

  return async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readBody(incoming, MAX_BODY_BYTES);
    const request: ReceivedRequest = {
      ...{ method: incoming.method ?? "", target: incoming.url ?? "", headers: pairs(incoming.rawHeaders) },
      body: body ?? Buffer.alloc(0),
    };
    const live = world(); // a call that waits during a reset stays in the world in which it arrived
    const requestId = live.requestId();
    const { path } = splitTarget(request.target);
    const known = { method: request.method, path: parsePath(path)?.path ?? path };
    const [stream, claimed] = [streamOf(request), claimedUser(request, live.settings())];
    const flight = claimed.user === null ? undefined : live.beginCall(claimed.user);
    if (flight) outgoing.once("close", flight.end);
    const struck = live.faults.strike({ ...known, ...stream, user: claimed.user });
    const last = struck.at(-1);
    const heldMs = (holds: "answer" | "handling") =>
      struck.reduce((sum, fault) => sum + (fault.kind === "delay" && fault.holds === holds ? fault.ms : 0), 0);

    function record(status: number | null, errorCode: unknown, committed: boolean) {
      const fault = struck.map(({ id }) => id).join(",");
      live.record({
        ...{ time: live.now().toISOString(), ...claimed, ...known, stream, status, inFlight: flight?.count ?? null },
        ...{
          error_code: typeof errorCode === "string" ? errorCode : null,
          requestId,
          committed,
          ...(fault && { fault }),
        },
      });
    }

    function write({ status, headers, body: text }: RawAnswer) {
      flight?.end(); // before the caller can know the answer, and call again
      outgoing.sendDate = false;
      const date = new Date(live.now().getTime() + live.settings().clockOffsetMs).toUTCString();
      if (status === 204 && last?.kind === "body-after-204") {
        const head = `HTTP/1.1 204 No Content\r\ndate: ${date}\r\nserver: api-gateway\r\nx-request-id: ${requestId}\r\n`;
        return void incoming.socket.write(`${head}${bodyAfter204(last)}`); // Node's own response would leave the body out
      }
      const length = status === 204 ? {} : { "content-length": String(Buffer.byteLength(text)) };
      outgoing.writeHead(status, { date, server: "api-gateway", "x-request-id": requestId, ...length, ...headers });
      outgoing.end(text);
    }

    await wait(heldMs("handling"));
    const spoiled = spoiledAnswer(last, requestId);
    if (spoiled) {
      record(spoiled.status, last?.kind === "status" ? last.code : null, false);
      await wait(heldMs("answer") + live.settings().latencyMs);
      return write(spoiled);
    }
    if (last?.kind === "close" || last?.kind === "reset" || last?.kind === "hang") {
      record(null, null, false);
      if (last.kind === "close") incoming.socket.end();
      if (last.kind === "reset") incoming.socket.resetAndDestroy();
      return; // "hang": until the caller disconnects, or close()
    }

    const oversize = tooLarge(request, body === undefined);
    const { answer: handled, committed } = oversize
      ? { answer: oversize, committed: false }
      : live.handle(request, last?.kind === "ignore-write");
    const answer = withOddities(handled, last);
    const dropped = last?.kind === "drop-after-commit";
    record(dropped ? null : answer.status, answer.body?.error_code, committed);
    await wait(heldMs("answer") + live.settings().latencyMs);
    if (dropped) incoming.socket.destroy();
    else write(toRaw(answer, requestId));
  };
}

function tooLarge({ target }: ReceivedRequest, bodyTooLarge: boolean): HttpResponse | undefined {
  if (Buffer.byteLength(target) > MAX_URI_BYTES) return gatewayError(414, "APIGW.0201", "Request URI too large");
  return bodyTooLarge ? gatewayError(413, "APIGW.0201", "Request entity too large") : undefined;
}
