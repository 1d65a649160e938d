import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { OffairError } from "../../lib/core/errors.ts";
import { describeError } from "../../lib/core/log.ts";
import { withCanary } from "../../lib/policy/policy.ts";
import { formatMessage } from "../../lib/queue/format-message.ts";
import { type Message, parseMessage } from "../../lib/queue/message.ts";
import type { Priority } from "../../lib/queue/priority.ts";
import { problemAnswer } from "../../lib/sources/problem.ts";
import { MAX_BODY_BYTES, type ReceiveDeps, type ReportRequest, receive } from "../../lib/sources/receive.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import { NOON, policy, someStream } from "../support/fixtures.ts";
import { liveDouble } from "../support/live.ts";
import { createMemoryLedger } from "../support/memory-ledger.ts";
import { noBatches } from "../support/no-batches.ts";
import { runs } from "../support/runs.ts";
import { SECRET, type Signing, secretOf, signed, signedBytes } from "./signed.ts";

const stream = { domain: "push.example.com", app: "live", stream: "room-42" };
const claim = { occurredAt: "2026-11-21T11:59:58Z", stream, category: "weapons", score: 0.9 };
const claimWith = (change: object): string => JSON.stringify({ ...claim, ...change });

let queued: { queue: Priority; message: Message }[];
let deps: ReceiveDeps;
beforeEach(() => {
  queued = [];
  deps = {
    policy,
    readSecret: async () => JSON.stringify({ secrets: [SECRET] }),
    enqueue: async (queue, message) => {
      queued.push({ queue, message });
    },
    now: () => NOON,
  };
});

const post = (body: string | Uint8Array, signing: Signing = {}): ReportRequest => ({
  source: "standard",
  ...(typeof body === "string" ? signed(body, signing) : signedBytes(body, signing)),
});

/** What a request that must not get through is refused with; nothing may be on the queue then. */
async function refusal(request: ReportRequest, change: Partial<ReceiveDeps> = {}) {
  const error = await receive(request, { ...deps, ...change }).catch((caught: unknown) => caught);
  expect(queued).toEqual([]);
  if (!(error instanceof OffairError)) throw new Error("was not refused, or not by us", { cause: error });
  const { statusCode } = problemAnswer(error, "request-1");
  return { status: statusCode, code: error.code, issues: error.details.issues ?? [], error };
}
const pointersOf = async (body: string | Uint8Array): Promise<string[]> => {
  const { status, code, issues } = await refusal(post(body));
  expect([status, code]).toEqual([400, "ERR_REPORT_INVALID"]);
  return issues.map(({ pointer }) => pointer);
};

describe("a report that is all right", () => {
  it("is on the queue when the answer comes, as the worker will read it", async () => {
    const body = claimWith({
      reason: "a rifle\n on the table",
      evidence: [{ url: "https://example.com/1.jpg" }],
    });
    expect(await receive(post(body, { id: "msg_7" }), deps)).toEqual({
      success: { status: 202 },
      id: "msg_7",
      kind: "reports",
      queue: "urgent",
      location: "/reports/standard/msg_7",
    });
    const kept = { ...JSON.parse(body), occurredAt: "2026-11-21T11:59:58.000Z" };
    const bodySha256 = createHash("sha256").update(body).digest("hex");
    const report = { ...kept, source: "standard", id: "msg_7", receivedAt: NOON.toISOString(), bodySha256 };
    expect(queued).toEqual([{ queue: "urgent", message: { kind: "reports", reports: [report] } }]);
    for (const { message } of queued) expect(parseMessage(formatMessage(message))).toEqual(message);
  });

  it.each([
    ["csam", 0.9, "urgent"],
    ["weapons", 0.9, "urgent"],
    ["weapons", 0.6, "bulk"], // the rule that would answer is not urgent
    ["weapons", undefined, "bulk"],
    ["spam", 0.9, "bulk"],
    ["other", 0.9, "bulk"],
  ])("of %s with the score %s takes the %s queue", async (category, score, queue) => {
    await receive(post(claimWith({ category, score })), deps);
    expect(queued).toMatchObject([{ queue }]);
  });

  it.each(["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'])(
    "may say %s",
    async (type) => {
      await receive(post(claimWith({}), { headers: { "content-type": type } }), deps);
      expect(queued).toHaveLength(1);
    },
  );

  it("may be as large as the limit, begin with a byte order mark, and name its domain in capitals", async () => {
    const body = claimWith({ stream: { ...stream, domain: "Push.Example.COM" } });
    await receive(post(`\ufeff${body}${" ".repeat(MAX_BODY_BYTES - body.length - 3)}`), deps);
    expect(queued).toMatchObject([{ message: { reports: [{ stream }] } }]);
  });

  it("may be at the limits of every field", async () => {
    const evidence = Array(10).fill({ url: "https://example.com/", sha256: "aB".repeat(32) });
    const limits = { score: 0, reason: "💥".repeat(2_000), evidence, reporter: { id: "x".repeat(256) } };
    await receive(post(claimWith({ ...limits, stream: { ...stream, stream: "💥".repeat(512) } })), deps);
    await receive(post(claimWith({ score: 1 })), deps);
    expect(queued).toHaveLength(2);
  });

  it("is proven by any secret that is valid now", async () => {
    const readSecret = async () => JSON.stringify({ secrets: [secretOf(1), SECRET, secretOf(3)] });
    for (const secret of [secretOf(1), SECRET, secretOf(3)]) {
      await receive(post(claimWith({}), { secret }), { ...deps, readSecret });
    }
    expect(queued).toHaveLength(3);
    queued = [];
    expect(await refusal(post(claimWith({}), { secret: secretOf(4) }), { readSecret })).toMatchObject({ status: 401 });
  });
});

const UNPROVEN = { "webhook-signature": "v1,AAAA" };
/** The secret cannot be read: a check that comes before it does not need it. */
const AWAY = {
  readSecret: async () => {
    throw new OffairError("ERR_SECRET", "cannot be read");
  },
};

const rejects = async () => {
  throw new OffairError("ERR_QUEUE", "the queue is away");
};

const ledger = createMemoryLedger();
it("the same signed report again is accepted and has no second effect (invariant 1)", async () => {
  const request = post(claimWith({ stream: someStream() }), { id: "msg_again" });
  const first = await receive(request, deps);
  expect(await receive(request, deps)).toEqual(first);
  expect(first.location).toBe("/reports/standard/msg_again");
  const live = liveDouble();
  await ledger.writeMode({ mode: "enforce", changedAt: NOON.toISOString(), changedBy: "ana", reason: "test" });
  const worker = {
    ledger,
    live,
    policy,
    policyHash: "",
    now: () => NOON,
    sleep: async () => {},
    holder: () => "worker",
    ...noBatches(ledger),
  };
  expect(queued).toHaveLength(2);
  for (const { message } of queued) await handle(message, worker);
  expect(live.calls).toHaveLength(1);
});

it("the canary's report has no location: the canary has no status", async () => {
  const ofCanary = claimWith({ stream: { ...stream, stream: "offair-canary" } });
  const request = { ...post(ofCanary, { id: "msg_canary" }), source: "canary" };
  expect(await receive(request, { ...deps, policy: withCanary(policy, "on") })).not.toHaveProperty("location");
});

describe("the checks come in the documented order, and a refused request leaves nothing on the queue", () => {
  // Each row still has every fault of the rows below it that a request can have at the same time.
  const outside = claimWith({ stream: { ...stream, app: "vod" } });
  const wrong = { "content-type": "text/plain" };
  const unproven = { ...wrong, "webhook-signature": "v1,AAAA" };
  const large = `{${" ".repeat(MAX_BODY_BYTES)}`;
  it.each([
    [404, "ERR_SOURCE_UNKNOWN", { ...post(large, { headers: unproven }), source: "nobody" }],
    [413, "ERR_REPORT_TOO_LARGE", post(large, { headers: unproven })],
    [415, "ERR_REPORT_MEDIA_TYPE", post("{", { headers: unproven })],
    [401, "ERR_REPORT_SIGNATURE", post("{", { headers: { "webhook-signature": "v1,AAAA" } })],
    [400, "ERR_REPORT_INVALID", post("{")],
    [400, "ERR_REPORT_INVALID", post(claimWith({ category: "x", stream: { ...stream, app: "vod" } }))],
    [422, "ERR_REPORT_SCOPE", post(outside)],
    [503, "ERR_QUEUE", post(claimWith({}))],
  ])("%i %s", async (status, code, request) => {
    expect(await refusal(request, { enqueue: rejects })).toMatchObject({ status, code });
  });

  it.each(["", "Standard", "standard/", "__proto__", "constructor", "toString", "hasOwnProperty"])(
    "404 for the source %j",
    async (source) => {
      expect(await refusal({ ...post(claimWith({})), source })).toMatchObject({ status: 404 });
    },
  );

  it("413 for one byte more than the limit, counted in bytes", async () => {
    const body = `"${"é".repeat(MAX_BODY_BYTES / 2)}`;
    expect(Buffer.byteLength(body)).toBe(MAX_BODY_BYTES + 1);
    expect(await refusal(post(body))).toMatchObject({ status: 413 });
  });

  it.each([
    undefined,
    "",
    "text/plain",
    "application/jsonp",
    "application/problem+json",
    "application/json; charset=latin1",
    "application/json; charset = latin1",
    "application/json; charset=utf-8; charset=latin1",
    "application/json,application/json",
  ])("415 for the content type %j", async (type) => {
    const headers = { "content-type": type };
    expect(await refusal(post(claimWith({}), { headers }))).toMatchObject({ status: 415 });
    expect(await refusal(post("{", { headers: { ...headers, ...UNPROVEN } }), AWAY)).toMatchObject({ status: 415 });
  });

  it.each(["gzip", "GZIP", "br", "deflate, identity", "identity,gzip", "x"])(
    "415 for the content encoding %j, proven or not, without a look at the secret",
    async (encoding) => {
      const bytes = gzipSync(claimWith({}));
      const headers = { "content-encoding": encoding };
      const { status, error } = await refusal(post(bytes, { headers }), AWAY);
      expect([status, error.message]).toEqual([415, expect.stringContaining("without a content encoding")]);
      expect(await refusal(post(bytes, { headers: { ...headers, ...UNPROVEN } }), AWAY)).toMatchObject({ status: 415 });
    },
  );

  it.each(["", "identity", "Identity"])("a content encoding of %j changes nothing", async (encoding) => {
    await receive(post(claimWith({}), { headers: { "content-encoding": encoding } }), deps);
    expect(queued).toHaveLength(1);
  });

  it.each([
    ["another app", { app: "event" }],
    ["the app in capitals", { app: "LIVE" }],
    ["another domain", { domain: "push.example.org" }],
    ["a domain below ours", { domain: "a.push.example.com" }],
    ["the domain with its root", { domain: "push.example.com." }],
  ])("422 for %s", async (_, change) => {
    const { status, issues } = await refusal(post(claimWith({ stream: { ...stream, ...change } })));
    expect([status, issues.map(({ pointer }) => pointer)]).toEqual([422, ["/stream"]]);
  });
});

describe("what an accepted report's sender should know", () => {
  const warningsOf = async (change: object) => (await receive(post(claimWith(change)), deps)).warnings;
  const ignored = (pointer: string) => ({ pointer, message: "is ignored: not a key of a report" });

  it("is nothing where every key is known, the time is near and the name is documented", async () => {
    const evidence = [{ url: "https://example.com/1.jpg", sha256: "a".repeat(64) }];
    expect(await warningsOf({ reason: "x", evidence, reporter: { id: "1" } })).toBeUndefined();
  });

  it("names the keys that are ignored, wherever they stand", async () => {
    expect(
      await warningsOf({
        scoer: 0.97,
        stream: { ...stream, key: "SECRET" },
        reporter: { id: "1", name: "SECRET" },
        evidence: [{ url: "https://example.com/1.jpg" }, { url: "https://example.com/2.jpg", hash: "SECRET" }],
      }),
    ).toEqual([ignored("/scoer"), ignored("/stream/key"), ignored("/evidence/1/hash"), ignored("/reporter/name")]);
  });

  it("repeats no value, and no key that is long or strange; and stops at ten keys", async () => {
    const strange = { ["x".repeat(65)]: "SECRET", "SECRET\u202e": 1, "rtmp://d/live/x?txSecret=SECRET": 1 };
    const some = await warningsOf(strange);
    expect(some).toEqual(Array(3).fill({ pointer: "", message: expect.stringContaining("has a key that is ignored") }));
    expect(JSON.stringify(some)).not.toMatch(/SECRET|xxx/);
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, "SECRET"]));
    const listed = (await warningsOf(many)) ?? [];
    expect(listed).toHaveLength(11);
    expect(listed.at(-1)).toEqual({ pointer: "", message: "has 4990 more keys that are ignored" });
  });

  it("is that no rule acts on an old report, nor on a name that Live does not document", async () => {
    expect(await warningsOf({ occurredAt: "2026-11-21T11:50:00Z" })).toBeUndefined();
    expect(await warningsOf({ occurredAt: "2025-12-21T12:00:00Z", stream: { ...stream, stream: "m1;m2" } })).toEqual([
      { pointer: "/occurredAt", message: expect.stringMatching(/more than 10 minutes ago: a person will look/) },
      { pointer: "/stream/stream", message: expect.stringMatching(/digits, letters, - _ \* \/.*a person will look/) },
    ]);
    expect(queued).toHaveLength(2);
  });
});

describe("a report from the future", () => {
  it("is 400 beyond the tolerance of clocks", async () => {
    await receive(post(claimWith({ occurredAt: "2026-11-21T12:05:00Z" })), deps);
    queued = [];
    for (const occurredAt of ["2026-11-21T12:05:01Z", "2026-11-21T13:00:00Z", "2026-11-21T12:00:00-08:00"]) {
      const { status, issues } = await refusal(post(claimWith({ occurredAt })));
      expect([status, issues]).toEqual([
        400,
        [{ pointer: "/occurredAt", message: expect.stringMatching(/^is in the future: \d+ s > 300 s$/) }],
      ]);
    }
  });
});

describe("a stream's name with the query of its push URL", () => {
  it.each(["huawei?txSecret=0123SECRET&txTime=6553F100", "huawei%3FtxSecret=0123SECRET", "huawei&auth_key=0123SECRET"])(
    "is 400, says why, and nothing of the key is queued or answered: %s",
    async (name) => {
      const { status, issues, error } = await refusal(post(claimWith({ stream: { ...stream, stream: name } })));
      expect([status, issues]).toEqual([
        400,
        [{ pointer: "/stream/stream", message: expect.stringContaining("must not hold a query") }],
      ]);
      expect(problemAnswer(error, "r").body + JSON.stringify(describeError(error))).not.toContain("SECRET");
    },
  );
});

describe("a secret of the source that cannot be used is 503, never 401", () => {
  it("when it cannot be read, whoever asks", async () => {
    const readSecret = async () => {
      throw new OffairError("ERR_SECRET", "cannot be read");
    };
    for (const request of [post(claimWith({})), post(claimWith({}), { secret: secretOf(9) })]) {
      const { status, error } = await refusal(request, { readSecret });
      expect(status).toBe(503);
      expect(problemAnswer(error, "r").headers).toHaveProperty("retry-after");
    }
  });

  it.each([
    "",
    "hunter2",
    "null",
    "[]",
    "{}",
    '{"secrets":[]}',
    '{"secrets":"hunter2"}',
    '{"secrets":[""]}',
    '{"secrets":["hunter2"]}',
    JSON.stringify({ secrets: [1, 2, 3, 4].map((fill) => secretOf(fill)) }),
  ])("when it is %j", async (text) => {
    const { status, code, error } = await refusal(post(claimWith({})), { readSecret: async () => text });
    expect([status, code, error.cause]).toEqual([503, "ERR_SECRET", undefined]);
    expect(error.message).not.toContain("hunter2");
  });
});

describe("what is no report is refused with a JSON pointer to each fault", () => {
  const nameFaults = ["", "*", "\ud800", "\udc00x", "a\u0000", "a\n", "a\u007f", "a\u0085", 5, null, [], {}, true];
  const cases: [string, object][] = [
    ...(["domain", "app", "stream"] as const).flatMap((part) =>
      nameFaults.map((value): [string, object] => [`/stream/${part}`, { stream: { ...stream, [part]: value } }]),
    ),
    ["/stream/domain", { stream: { ...stream, domain: "x".repeat(256) } }],
    ["/stream/app", { stream: { ...stream, app: "x".repeat(129) } }],
    ["/stream/stream", { stream: { ...stream, stream: "💥".repeat(513) } }],
    ["/stream/stream", { stream: { domain: "push.example.com", app: "live" } }],
    ...[undefined, null, "push.example.com/live/x", []].map((value): [string, object] => [
      "/stream",
      { stream: value },
    ]),
    ...[undefined, null, "", "Weapons", "toString", "__proto__", 3, ["weapons"]].map((category): [string, object] => [
      "/category",
      { category },
    ]),
    ...[-0.1, 1.1, 90, "0.9", null, true, [0.9], {}].map((score): [string, object] => ["/score", { score }]),
    ...[
      undefined,
      null,
      "",
      "soon",
      "2026-11-21",
      "2026-11-21T12:00:00",
      "2026-02-30T12:00:00Z",
      "2026-11-21T25:00:00Z",
      "9999-12-31T23:59:59-01:00",
      "0000-01-01T00:00:00+01:00",
      1795262400,
    ].map((occurredAt): [string, object] => ["/occurredAt", { occurredAt }]),
    ...["💥".repeat(2_001), "a\u0000", "\u001b[2J", "\ud800", 7, null, []].map((reason): [string, object] => [
      "/reason",
      { reason },
    ]),
    ["/evidence", { evidence: {} }],
    ["/evidence", { evidence: Array(11).fill({ url: "https://example.com/" }) }],
    ["/evidence/0", { evidence: ["https://example.com/"] }],
    ...[
      "javascript:alert(1)",
      "file:///etc/passwd",
      "//example.com",
      "example.com",
      "",
      `https://example.com/${"x".repeat(2_048)}`,
      1,
    ].map((url): [string, object] => ["/evidence/1/url", { evidence: [{ url: "https://example.com/" }, { url }] }]),
    ["/evidence/0/sha256", { evidence: [{ url: "https://example.com/", sha256: "abc" }] }],
    ["/reporter", { reporter: "ana" }],
    ["/reporter/id", { reporter: {} }],
    ["/reporter/id", { reporter: { id: "" } }],
    ["/reporter/id", { reporter: { id: "x".repeat(257) } }],
  ];
  it.each(cases)("%s of %j", async (pointer, change) => {
    expect([...new Set(await pointersOf(claimWith(change)))]).toEqual([pointer]);
  });

  it("all of them at once", async () => {
    const body = {
      stream: { domain: "", app: "*", stream: "\ud800\u0000" },
      category: "x",
      score: 2,
      evidence: [{ url: "x" }],
    };
    expect(await pointersOf(JSON.stringify(body))).toEqual([
      "/occurredAt",
      "/stream/domain",
      "/stream/app",
      "/stream/stream",
      "/stream/stream",
      "/category",
      "/score",
      "/evidence/0/url",
    ]);
  });

  it.each(["null", "true", "5", '"weapons"', "[]", `[${JSON.stringify(claim)}]`])(
    "the whole, when it is %s",
    async (body) => {
      expect(await pointersOf(body)).toEqual([""]);
    },
  );

  const raw = (score: string) => claimWith({ score: "SCORE" }).replace('"SCORE"', score);
  it.each([
    "",
    " ",
    "{",
    "NaN",
    raw("NaN"),
    raw("Infinity"),
    raw(".9"),
    raw("0x1"),
    raw("0.9,"),
    `${claimWith({})}x`,
    "{'a':1}",
    "\ufeff\ufeff{}",
    "// x\n{}",
  ])("the whole, when it is not JSON: %j", async (body) => {
    expect(await pointersOf(body)).toEqual([""]);
  });

  it.each([
    ["cut within a character", Buffer.from('"é').subarray(0, 2)],
    ["Latin-1", Buffer.from(claimWith({ reason: "é" }), "latin1")],
    [
      "half of a surrogate pair, encoded",
      Buffer.from(claimWith({ reason: "X" }).replace("X", "\u00ed\u00a0\u0080"), "latin1"),
    ],
    ["an overlong form", Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ["UTF-16", Buffer.from(claimWith({}), "utf16le")],
  ])("the whole, when its bytes are not UTF-8: %s", async (_, bytes) => {
    expect(await pointersOf(bytes)).toEqual([""]);
  });

  it("a number too large for anything", async () => {
    expect(await pointersOf(raw("1e999"))).toEqual(["/score"]);
    expect(await pointersOf(raw("-1e999"))).toEqual(["/score"]);
  });
});

describe("a body made to do harm", () => {
  const nest = (levels: number, [open, close]: readonly [string, string], core = "") =>
    `${open.repeat(levels)}${core}${close.repeat(levels)}`;
  const ARRAY = ["[", "]"] as const;
  const OBJECT = ['{"a":', "}"] as const;
  const within = (key: string, value: string) => claimWith({ [key]: "HERE" }).replace('"HERE"', value);

  it.each([
    ["100,000 arrays", nest(100_000, ARRAY), ""],
    ["40,000 objects", nest(40_000, OBJECT, "1"), "/occurredAt"],
    ["100,000 arrays where a name belongs", within("stream", nest(100_000, ARRAY)), "/stream"],
    ["100,000 arrays where text belongs", within("reason", nest(100_000, ARRAY)), "/reason"],
    ["100,000 arrays where nobody looks", within("extra", nest(100_000, ARRAY)), ""],
    ["one level too many where nobody looks", within("extra", nest(32, ARRAY)), ""],
    ["a wide and deep tree", within("extra", nest(31, ARRAY, Array(60_000).fill("[1]").join(","))), ""],
  ])("%s is refused", async (_, body, pointer) => {
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MAX_BODY_BYTES);
    expect((await pointersOf(body))[0]).toBe(pointer);
  });

  it("may be nested as deep as the limit where nobody looks", async () => {
    await receive(post(within("extra", nest(31, ARRAY))), deps);
    expect(queued).toHaveLength(1);
  });

  it("gets a short answer, however many faults it has", async () => {
    const stuffed = within("evidence", `[${Array(80_000).fill("{}").join(",")}]`);
    const { status, error } = await refusal(post(stuffed));
    expect(status).toBe(400);
    expect(problemAnswer(error, "r").body.length).toBeLessThan(1_000);
  });

  it("cannot lend a report what it lacks through names that objects inherit", async () => {
    const { category: _, ...lacking } = claim;
    const rest = JSON.stringify(lacking).slice(1);
    for (const key of ["__proto__", "constructor", "prototype"]) {
      expect(await pointersOf(`{"${key}":{"category":"weapons","prototype":{"category":"weapons"}},${rest}`)).toEqual([
        "/category",
      ]);
    }
    expect(Object.hasOwn(Object.prototype, "category")).toBe(false);
    await receive(post(`{"__proto__":{"polluted":1},${JSON.stringify(claim).slice(1)}`), deps);
    expect(JSON.stringify(queued)).not.toContain("polluted");
  });

  it("that says a thing twice means what it says last, as JSON.parse has it", async () => {
    await receive(post(`{"category":"spam",${JSON.stringify(claim).slice(1)}`), deps);
    expect(queued).toMatchObject([{ message: { reports: [{ category: "weapons" }] } }]);
  });
});

const KEYS = [
  ...Object.keys(claim),
  "domain",
  "app",
  "evidence",
  "url",
  "sha256",
  "reporter",
  "id",
  "reason",
  "__proto__",
];

describe("whatever comes", () => {
  const anyJson = fc.oneof(
    fc.json(),
    fc.object({ key: fc.constantFrom(...KEYS), maxDepth: 4 }).map((change) => JSON.stringify({ ...claim, ...change })),
    fc
      .record({ key: fc.constantFrom(...KEYS), value: fc.jsonValue() })
      .map(({ key, value }) => claimWith({ [key]: value })),
  );
  const outcomeOf = async (request: ReportRequest): Promise<string> => {
    const error = await receive(request, deps).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    if (error === undefined) return "accepted";
    if (error instanceof OffairError) return error.code;
    throw error;
  };

  it("signed JSON is accepted, or refused as no report or out of scope; what is accepted, the worker can read", async () => {
    await fc.assert(
      fc.asyncProperty(anyJson, async (body) => {
        queued = [];
        const outcome = await outcomeOf(post(body));
        expect(["accepted", "ERR_REPORT_INVALID", "ERR_REPORT_SCOPE"]).toContain(outcome);
        expect(queued).toHaveLength(outcome === "accepted" ? 1 : 0);
        for (const { message } of queued) expect(parseMessage(formatMessage(message))).toEqual(message);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it("no bytes and no headers get anything unsigned onto the queue", async () => {
    const headers = fc.dictionary(
      fc.constantFrom("webhook-id", "webhook-timestamp", "webhook-signature", "content-type"),
      fc.oneof(fc.string(), fc.constantFrom("msg_1", String(NOON.getTime() / 1_000), "v1,AAAA", "application/json")),
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), headers, async (body, given) => {
        const isJson = given["content-type"] === "application/json";
        expect(await outcomeOf({ source: "standard", body, query: {}, headers: given })).toBe(
          isJson ? "ERR_REPORT_SIGNATURE" : "ERR_REPORT_MEDIA_TYPE",
        );
        expect(queued).toEqual([]);
      }),
      { numRuns: runs(1_000) },
    );
  });
});

describe("an answer holds nothing of what was received, and no secret (invariant 5)", () => {
  const MARK = "hunter2";
  const key = fc.constantFrom(...KEYS, MARK, `${MARK}/~0`);
  const marked = fc.object({
    key,
    values: [
      fc.constantFrom(MARK, `https://${MARK}`, `*${MARK}\u0000`, `2026-${MARK}`),
      fc.constantFrom(424242.5, 424242),
    ],
    maxDepth: 5,
  });
  const answerTo = async (request: ReportRequest, change: Partial<ReceiveDeps> = {}): Promise<string> => {
    const { error } = await refusal(request, change);
    const { headers, body } = problemAnswer(error, "request-1");
    return JSON.stringify([headers, body, error.message, error.details]);
  };

  it("whatever is wrong with the body", async () => {
    await fc.assert(
      fc.asyncProperty(marked, async (body) => {
        const answer = await answerTo(post(JSON.stringify(body), { id: `msg_${MARK}` }));
        expect(answer).not.toContain(MARK);
        expect(answer).not.toContain("424242");
      }),
      { numRuns: runs(500) },
    );
  });

  it.each([
    ["is not JSON", post(`{"${MARK}"`)],
    ["is nested too deep", post(claimWith({ [MARK]: JSON.parse(`${"[".repeat(40)}"${MARK}"${"]".repeat(40)}`) }))],
    ["is out of scope", post(claimWith({ stream: { domain: MARK, app: MARK, stream: MARK } }))],
    ["is of another type", post(MARK, { headers: { "content-type": MARK } })],
    ["has another signature", post(MARK, { headers: { "webhook-signature": `v1,${MARK}` } })],
    ["has no version that we know", post(MARK, { headers: { "webhook-signature": MARK } })],
    ["has another timestamp", post(MARK, { headers: { "webhook-timestamp": MARK } })],
    ["has another id", post(MARK, { headers: { "webhook-id": `${MARK} ${MARK}` } })],
    ["is for another source", { ...post(MARK), source: MARK }],
  ])("when the request %s", async (_, request) => {
    const answer = await answerTo(request);
    expect(answer).not.toContain(MARK);
    expect(answer).not.toContain(request.headers["webhook-signature"]?.slice(3));
    expect(answer).not.toContain(SECRET.slice(6));
  });

  it("when the secret is the fault", async () => {
    for (const text of [MARK, JSON.stringify({ secrets: [MARK] }), JSON.stringify({ secrets: [`${SECRET}!`] })]) {
      const answer = await answerTo(post("{}"), { readSecret: async () => text });
      expect(answer).not.toContain(MARK);
      expect(answer).not.toContain(SECRET.slice(6));
    }
  });
});
