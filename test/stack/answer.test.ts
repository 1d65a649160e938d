/** The status of a report, as its sender asks for it on the packaged stack. */
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { reportStatusSchema } from "../../lib/answers/status-schema.ts";
import { createLedger } from "../../lib/aws/dynamodb/ledger.ts";
import { createEventKeys } from "../../lib/aws/dynamodb/notify/event-keys.ts";
import { signReport } from "../../local/demo/send-report.ts";
import { PUSH_SOURCE, SOURCE, SOURCE_SECRET, startWorld, type World } from "../../local/demo/world.ts";
import { weaponsReport } from "../support/fixtures.ts";

const OTHER_SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";
/** What the gateway's throttle of this route holds. */
const BURST = 40;

let packaged: PackagedAlone;
let world: World;
let now = new Date();
beforeAll(async () => {
  packaged = await packageAlone();
  const { templatePath } = packaged;
  world = await startWorld({ templatePath, ports: { gateway: 0 }, gatewayNow: () => now });
});
afterAll(async () => {
  await world?.close();
  packaged?.remove();
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Sends the path as it is: `fetch` would resolve its dot segments. Each request may take a token of the throttle. */
async function send(path: string, headers: object, { method = "GET", body = "" } = {}): Promise<Answer> {
  now = new Date(now.getTime() + 1_000);
  const { hostname, port } = new URL(world.stack.gatewayUrl);
  const length = body !== "" && { "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request({ ...{ hostname, port, path, method }, headers: { ...headers, ...length } }, (response) => {
      text(response).then(
        (received) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received }),
        reject,
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function signedFor(id: string, { secret = SOURCE_SECRET, body = "", at = new Date() } = {}): Record<string, string> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
}
const ask = (id: string, path = `/reports/${SOURCE}/${encodeURIComponent(id)}`) => send(path, signedFor(id));

const claim = (stream: string) => ({
  occurredAt: new Date().toISOString(),
  stream: { domain: "push.example.com", app: "live", stream },
  category: "csam",
  score: 0.99,
  reason: "NOT-FOR-THE-SENDER",
  reporter: { id: "NOT-FOR-THE-SENDER" },
});
async function report(id: string, stream: string): Promise<Answer> {
  const { headers, body } = signReport(claim(stream), SOURCE_SECRET, { id });
  return send(`/reports/${SOURCE}`, headers, { method: "POST", body });
}

/** Asks until the report is in the ledger and handled. */
async function askUntilDone(path: string, id: string): Promise<Answer> {
  for (;;) {
    const answer = await send(path, signedFor(id));
    const { status = "" } = JSON.parse(answer.body);
    if (answer.status === 200 && status === "done") return answer;
    expect([200, 404]).toContain(answer.status);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Writes the record of a report into the ledger, as the worker does. */
async function storeReportOf(source: string, id: string): Promise<void> {
  const { clients, table } = world.stack;
  const at = new Date().toISOString();
  await createLedger(clients.dynamo, table).recordDecision({
    ...{ key: `${source}#${id}`, report: weaponsReport({ source, id }), decidedAt: at, closedAt: at },
    decision: { action: "ignore", because: "no-rule" },
    ...{ outcome: "ignored", facts: { workedAt: at, orders: [] }, mode: "observe", policy: "0".repeat(64) },
  });
}

const KEYS = [{ id: "0123456789abcdef", publicKey: `whpk_${"A".repeat(43)}=`, since: "2026-11-21T12:00:00.000Z" }];
it("answers anybody the public keys of events, which may be stored for a while", async () => {
  const none = await send("/events/keys", {});
  expect([none.status, none.headers["cache-control"], JSON.parse(none.body)]).toEqual([200, "no-store", { keys: [] }]);
  await createEventKeys(world.stack.clients.dynamo, world.stack.table).write(KEYS);
  const answer = await send("/events/keys", {});
  expect(answer.headers).toMatchObject({ "content-type": "application/json", "cache-control": "public, max-age=300" });
  expect(JSON.parse(answer.body)).toEqual({ keys: KEYS.map((key) => ({ ...key, alg: "ed25519" })) });
});

/** Without what differs between any two requests. */
const comparable = ({ status, headers, body }: Answer) => {
  const { date: _date, "x-offair-trace": trace, ...others } = headers;
  return { status, headers: others, body: body.replaceAll(String(trace), "TRACE") };
};

describe("the sender of a report", () => {
  it("follows its Location to the status of the report, with whatever id it chose", async () => {
    for (const id of ["msg_1", "a/b?c#d%2F.e", ".."]) {
      const accepted = await report(id, `room-${Buffer.from(id).toString("hex")}`);
      expect([id, accepted.status]).toEqual([id, 202]);
      const path = String(accepted.headers.location);
      const { pathname, search } = new URL(path, "https://api.example.com"); // as a client sends it
      expect([pathname, search]).toEqual([path, ""]);
      const answer = await askUntilDone(path, id);
      expect(answer.headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
      const status = reportStatusSchema.parse(JSON.parse(answer.body));
      expect(status).toMatchObject({ source: SOURCE, id, status: "done", outcome: "observed" });
      expect(status.decision).toEqual({ action: "disable", rule: "severe" });
      expect(answer.body).not.toContain("NOT-FOR-THE-SENDER");
    }
  });

  it("gets the same Location when it sends the report again", async () => {
    const first = await report("msg_again", "room-again");
    const again = await report("msg_again", "room-again");
    expect([again.status, again.headers.location]).toEqual([202, first.headers.location]);
    expect(first.headers.location).toBe("/reports/standard/msg_again");
  });

  it("is answered 404 for a report that is not there, and the same for one of another source", async () => {
    const unknown = await ask("msg_nobody");
    expect(unknown).toMatchObject({ status: 404, headers: { "cache-control": "no-store" } });
    await storeReportOf("forum", "msg_theirs");
    await storeReportOf(SOURCE, "msg_ours");
    expect((await ask("msg_ours")).status).toBe(200);
    expect(comparable(await ask("msg_theirs"))).toEqual(comparable(unknown));
  });
});

describe("anybody else", () => {
  const PATH = `/reports/${SOURCE}/msg_known`;
  beforeAll(() => storeReportOf(SOURCE, "msg_known"));

  it("is answered 401, alike for a report that is there and for one that is not", async () => {
    const refused: Answer[] = [];
    for (const id of ["msg_known", "msg_nobody"]) {
      refused.push(await send(`/reports/${SOURCE}/${id}`, signedFor(id, { secret: OTHER_SECRET })));
    }
    expect(refused.map(({ status }) => status)).toEqual([401, 401]);
    expect(new Set(refused.map((each) => JSON.stringify(comparable(each)))).size).toBe(1);
    expect((await send(PATH, {})).status).toBe(401);
    expect((await send(PATH, signedFor("msg_known", { at: new Date(Date.now() - 400_000) }))).status).toBe(401);
  });

  it("cannot use the signature of a report, also not with its body", async () => {
    const { headers, body } = signReport(claim("room-replay"), SOURCE_SECRET, { id: "msg_known" });
    expect((await send(PATH, headers)).status).toBe(401);
    expect((await send(PATH, headers, { body })).status).toBe(401);
    expect((await send(PATH, signedFor("msg_known"), { body: "not read" })).status).toBe(200);
  });

  it("cannot send two ids: the gateway joins them, and the signature does not fit", async () => {
    const headers = signedFor("msg_known");
    expect((await send(PATH, { ...headers, "webhook-id": ["msg_known", "msg_nobody"] })).status).toBe(401);
    expect((await send(PATH, { ...headers, "svix-id": "msg_nobody" })).status).toBe(401);
  });

  it.each([
    ["another id", `/reports/${SOURCE}/msg_nobody`, 400],
    ["dot segments", `/reports/${SOURCE}/../${SOURCE}/msg_known`, 400],
    ["encoded dot segments", `/reports/${SOURCE}/%2e%2e/msg_known`, 400],
    ["a NUL", `${PATH}%00`, 400],
    ["a slash at the end", `${PATH}/`, 400],
    ["three encodings", `/reports/${SOURCE}/msg%25255Fknown`, 400],
    ["a % without digits", `${PATH}%`, 400],
    ["another source by dot segments", `/reports/${PUSH_SOURCE}/../${SOURCE}/msg_known`, 404],
    ["a source with a slash", "/reports/standard%2Fmsg_known/msg_known", 400],
    ["a source of another adapter", `/reports/${PUSH_SOURCE}/msg_known`, 404],
    ["the canary", "/reports/canary/msg_known", 404],
    ["no source", "/reports/nobody/msg_known", 404],
  ])("cannot use a path of %s", async (_, path, status) => {
    const answer = await send(path, signedFor("msg_known"));
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain("decidedAt");
  });

  it.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])("is answered 405 to %s", async (method) => {
    const answer = await send(PATH, signedFor("msg_known"), { method });
    expect([answer.status, answer.headers.allow]).toEqual([405, "GET"]);
  });

  it("cannot ask more often than the route lets through, and keeps no report out", async () => {
    const { hostname, port } = new URL(world.stack.gatewayUrl);
    const at = new Date(now.getTime() + 60_000);
    const ask = () =>
      new Promise<number>((resolve, reject) => {
        now = at;
        request({ hostname, port, path: PATH, headers: {} }, (response) => {
          response.resume().on("end", () => resolve(response.statusCode ?? 0));
        })
          .on("error", reject)
          .end();
      });
    const statuses = [];
    for (let asked = 0; asked < BURST + 3; asked += 1) statuses.push(await ask());
    expect(statuses).toEqual([...Array(BURST).fill(401), 429, 429, 429]);
    now = at;
    const { headers, body } = signReport(claim("room-flood"), SOURCE_SECRET);
    const accepted = await fetch(`${world.stack.gatewayUrl}/reports/${SOURCE}`, { method: "POST", headers, body });
    expect(accepted.status).toBe(202);
  });
});
