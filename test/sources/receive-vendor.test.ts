/** The road of a request whose sender cannot mend it: a vendor, who repeats what is refused or gives up. */
import { createHash, createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { policySchema } from "../../lib/policy/lint/lint.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { formatMessage } from "../../lib/queue/format-message.ts";
import { type Message, parseMessage } from "../../lib/queue/message.ts";
import type { Priority } from "../../lib/queue/priority.ts";
import { readQuery } from "../../lib/sources/query.ts";
import { MAX_BODY_BYTES, type ReceiveDeps, receive } from "../../lib/sources/receive.ts";
import { policy as base, NOON } from "../support/fixtures.ts";
import { asReceived, readFixture } from "./contract.ts";

const SECRETS = ["vendor-secret-1", "vendor-secret-2"];
const policy: Policy = policySchema.parse({
  ...base,
  playback: { "play.example.com": "push.example.com" },
  sources: {
    vendor: {
      adapter: "json-mapping",
      grade: "C",
      secret: "shared-name",
      authentication: { scheme: "hmac", header: "x-signature" },
      when: { at: "/body/suggestion", in: ["block"] },
      stream: { domain: "/body/domain", app: "/body/app", stream: "/body/stream" },
      category: "/body/label",
      categories: { gun: "weapons", naked: "nudity" },
      score: { at: "/body/score" },
      reporter: "/body/by",
      success: { status: 200, body: { code: 0 } },
    },
    dashboard: {
      adapter: "json-mapping",
      grade: "F",
      authentication: { scheme: "bearer" },
      stream: { path: "/query/stream" },
      category: { is: "gun" },
      categories: { gun: "weapons" },
    },
  },
});

const said = {
  suggestion: "block",
  domain: "push.example.com",
  app: "live",
  stream: "room-42",
  label: "gun",
  score: 0.9,
};
const success = { status: 200, body: { code: 0 } };

let queued: { queue: Priority; message: Message }[];
let secretsRead: string[];
let deps: ReceiveDeps;
beforeEach(() => {
  queued = [];
  secretsRead = [];
  deps = {
    policy,
    readSecret: async (name) => {
      secretsRead.push(name);
      return JSON.stringify({ secrets: SECRETS });
    },
    enqueue: async (queue, message) => {
      queued.push({ queue, message });
    },
    now: () => NOON,
  };
});

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
function post(body: string, headers: Record<string, string> = {}, secret = SECRETS[0] ?? "") {
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const request = { source: "vendor", query: {}, body: Buffer.from(body) };
  return receive({ ...request, headers: { "x-signature": signature, ...headers } }, deps);
}
const say = (change: object) => post(JSON.stringify({ ...said, ...change }));

function onlyFaults(): readonly { pointer: string; message: string }[] {
  const [{ queue, message } = { queue: "none", message: undefined }] = queued;
  expect(queued).toHaveLength(1);
  expect(queue).toBe("bulk");
  if (message?.kind !== "untranslated") throw new Error("is no untranslated message");
  expect(parseMessage(formatMessage(message))).toEqual(message);
  return message.untranslated.issues;
}

describe("what a vendor says", () => {
  it("becomes a report, proven by the secret that the policy names, and is answered as the vendor expects", async () => {
    const body = JSON.stringify(said);
    expect(await post(body)).toEqual({ success, id: sha256(body), kind: "reports", queue: "urgent" });
    expect(secretsRead).toEqual(["shared-name"]);
    expect(queued).toMatchObject([
      { queue: "urgent", message: { reports: [{ source: "vendor", category: "weapons" }] } },
    ]);
  });

  it("is nothing where it does not meet `when`: answered as a success, and on no queue", async () => {
    const { kind, success: answer } = await say({ suggestion: "pass" });
    expect([kind, answer, queued]).toEqual(["nothing", success, []]);
  });

  it("goes on to the worker when it is out of scope, so that the ledger has it", async () => {
    await say({ domain: "push.example.org" });
    expect(queued).toMatchObject([
      { message: { kind: "reports", reports: [{ stream: { domain: "push.example.org" } }] } },
    ]);
  });

  it("is the same message with any query beside it, which nobody signed", async () => {
    const body = JSON.stringify(said);
    const headers = {
      "x-signature": createHmac("sha256", SECRETS[0] ?? "")
        .update(body)
        .digest("hex"),
    };
    const replay = (query: Record<string, string>) =>
      receive({ source: "vendor", headers, query, body: Buffer.from(body) }, deps);
    expect((await replay({ x: "1" })).id).toBe((await replay({})).id);
    expect(queued[1]).toEqual(queued[0]);
  });

  it("need not be called JSON", async () => {
    await post(JSON.stringify(said), { "content-type": "text/plain" });
    expect(queued).toMatchObject([{ message: { kind: "reports" } }]);
  });
});

describe("what is proven and not understood is answered as a success, and a person gets it", () => {
  it.each([
    [
      "an unknown label",
      { label: "sword" },
      [{ pointer: "/body/label", message: '"sword" is not among the source\'s categories' }],
    ],
    ["a missing stream", { stream: undefined }, [{ pointer: "/body/stream", message: expect.any(String) }]],
    ["a name that no stream has", { stream: "*" }, [{ pointer: "/body/stream", message: expect.any(String) }]],
    ["a score out of range", { score: 90 }, [{ pointer: "/body/score", message: "is not from 0 to 1" }]],
    [
      "several faults",
      { label: "sword", score: "high" },
      [
        { pointer: "/body/label", message: expect.any(String) },
        { pointer: "/body/score", message: expect.any(String) },
      ],
    ],
  ])("%s", async (_, change, issues) => {
    expect(await say(change)).toMatchObject({ success, kind: "untranslated", queue: "bulk" });
    expect(onlyFaults()).toEqual(expect.arrayContaining(issues));
    expect(onlyFaults()).toHaveLength(issues.length);
  });

  it.each([
    ["no JSON", "{"],
    ["an empty body, whose signature would fit every query", ""],
    ["too deep", `{"suggestion":"block","x":${"[".repeat(40)}${"]".repeat(40)}}`],
    ["no object", "5"],
    ["a message that has lost the field of `when`", JSON.stringify({ ...said, suggestion: undefined })],
  ])("%s", async (_, body) => {
    const { kind } = await post(body);
    expect([kind, queued.length]).toEqual(["untranslated", 1]);
  });

  it("has the same id when it is sent again", async () => {
    expect((await say({ label: "sword" })).id).toBe((await say({ label: "sword" })).id);
  });

  it("is told without what was said, but for a short and plain label", async () => {
    for (const label of ["hunter2 hunter2", "hunter2".repeat(10), "hunter2\u0000", "<hunter2\u202e>"]) {
      queued = [];
      await say({ label, stream: "hunter2\u0000", domain: "hunter2\u0000", app: "*" });
      expect(JSON.stringify(onlyFaults())).not.toContain("hunter2");
    }
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("the label %s", async (label) => {
    await say({ label });
    expect(onlyFaults()).toEqual([{ pointer: "/body/label", message: expect.any(String) }]);
  });
});

describe("a stream's name with the query of its push URL goes to a person without it", () => {
  const url = { ...policy.sources.vendor, stream: { url: "/body/url" } };
  const path = { ...policy.sources.vendor, stream: { path: "/body/path" } };
  it.each<[string, object, object]>([
    ["in a name", {}, { stream: "huawei?txSecret=0123SECRET" }],
    ["in a name, percent-encoded", {}, { stream: "huawei%3FtxSecret=0123SECRET" }],
    ["in a path", path, { path: "push.example.com/live/huawei?auth_key=0123SECRET" }],
    ["in a URL, percent-encoded", url, { url: "rtmp://push.example.com/live/huawei%3Fauth_key=0123SECRET" }],
    ["in a URL, without its question mark", url, { url: "rtmp://push.example.com/live/huawei&auth_key=0123SECRET" }],
  ])("%s", async (_, entry, change) => {
    const { vendor } = policy.sources;
    deps = { ...deps, policy: { ...policy, sources: { vendor: Object.assign({}, vendor, entry) } } };
    expect(await say(change)).toMatchObject({ success, kind: "untranslated" });
    expect(onlyFaults()).toHaveLength(1);
    expect(JSON.stringify(queued)).not.toContain("SECRET");
  });
});

describe("what is not proven is refused, vendor or not", () => {
  it.each([
    ["another secret", "ERR_REPORT_SIGNATURE", () => post("{", {}, "another-secret")],
    ["no signature", "ERR_REPORT_SIGNATURE", () => post("{", { "x-signature": "" })],
    ["too large", "ERR_REPORT_TOO_LARGE", () => post(" ".repeat(MAX_BODY_BYTES + 1))],
  ])("%s", async (_, code, send) => {
    await expect(send()).rejects.toMatchObject({ code });
    expect(queued).toEqual([]);
  });

  it("and a queue that is away is told, so that the vendor repeats it", async () => {
    deps = {
      ...deps,
      enqueue: async () => {
        throw new OffairError("ERR_QUEUE", "the queue is away");
      },
    };
    for (const change of [{}, { label: "sword" }])
      await expect(say(change)).rejects.toMatchObject({ code: "ERR_QUEUE" });
  });
});

describe("who reported", () => {
  const hashOf = async (by: unknown): Promise<unknown> => {
    queued = [];
    await say({ by });
    const [{ message } = { message: undefined }] = queued;
    expect(JSON.stringify(message)).not.toContain("viewer");
    return message?.kind === "reports" ? message.reports[0]?.reporterHash : "none";
  };

  it("is a pseudonym by the source's first secret: the same for the same one, and never the id", async () => {
    const hmac = createHmac("sha256", SECRETS[0] ?? "")
      .update("offair reporter\nviewer-1")
      .digest("hex");
    expect(await hashOf("viewer-1")).toBe(hmac.slice(0, 32));
    expect(await hashOf("viewer-1")).toBe(hmac.slice(0, 32));
    expect(await hashOf("viewer-2")).not.toBe(hmac.slice(0, 32));
  });

  it("is left out where nobody is named", async () => {
    expect(await hashOf(undefined)).toBeUndefined();
  });
});

describe("a sender that puts everything in the query", () => {
  const call = (query: Record<string, string>) =>
    receive({ source: "dashboard", headers: { authorization: SECRETS[0] }, query, body: Buffer.alloc(0) }, deps);

  it("needs no body", async () => {
    expect(await call({ stream: "play.example.com/live/a/b" })).toMatchObject({ kind: "reports" });
    const stream = { domain: "push.example.com", app: "live", stream: "a/b" };
    expect(queued).toMatchObject([{ message: { reports: [{ stream }] } }]);
  });

  it("has an id for each query, although the bodies are all alike", async () => {
    const stream = "push.example.com/live/room-42";
    const first = await call({ stream, post: "1" });
    expect((await call({ post: "1", stream })).id).toBe(first.id);
    expect((await call({ stream, post: "2" })).id).not.toBe(first.id);
  });

  it("has one also beside a body that is always the same", async () => {
    const withBody = (room: string) => {
      const request = { source: "dashboard", headers: { authorization: SECRETS[0] }, body: Buffer.from("{}") };
      return receive({ ...request, query: { stream: `push.example.com/live/${room}` } }, deps);
    };
    expect((await withBody("room-1")).id).toBe((await withBody("room-1")).id);
    expect((await withBody("room-2")).id).not.toBe((await withBody("room-1")).id);
    expect((await withBody("*")).id).not.toBe((await withBody("* ")).id); // as what a person is to see
  });
});

it("a vendor's report from the future goes to a person, because its clock or its time zone is wrong", async () => {
  const timed = { time: { at: "/body/at", unit: "rfc3339" } };
  const { vendor } = policy.sources;
  deps = { ...deps, policy: { ...policy, sources: { vendor: Object.assign({}, vendor, timed) } } };
  expect(await say({ at: "2026-11-21T12:05:00Z" })).toMatchObject({ kind: "reports" });
  queued = [];
  expect(await say({ at: "2026-11-21T20:00:00Z" })).toMatchObject({ success, kind: "untranslated" });
  expect(onlyFaults()).toEqual([{ pointer: "/occurredAt", message: "is in the future: 28800 s > 300 s" }]);
});

describe("a query that is not UTF-8", () => {
  const call = (rawQuery: string, source = "dashboard") => {
    const request = { source, headers: { authorization: SECRETS[0] }, rawQuery, body: Buffer.alloc(0) };
    return receive({ ...request, query: readQuery(rawQuery) }, deps);
  };

  it("goes to a person, and two of them stay two", async () => {
    const ids = [
      await call("post_id=%E8&stream=push.example.com/live/one"),
      await call("post_id=%E9&stream=push.example.com/live/one"),
      await call("post_id=%E9&stream=push.example.com/live/two"),
      await call("post_id=1&stream=push.example.com/live/caf%E9"),
      await call("post_id=1&stream=push.example.com/live/caf%E8"),
    ].map(({ id, kind }) => `${kind} ${id}`);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { message } of queued) {
      expect(message).toMatchObject({
        kind: "untranslated",
        untranslated: { issues: [{ pointer: "/query", message: "is not percent-encoded UTF-8" }] },
      });
    }
  });

  it("is the same message when it comes again", async () => {
    const raw = "post_id=%E8&stream=push.example.com/live/one";
    expect((await call(raw)).id).toBe((await call(raw)).id);
  });

  it("is not checked beside a signed body, because it is not read", async () => {
    const body = JSON.stringify(said);
    const signature = createHmac("sha256", SECRETS[0] ?? "").update(body);
    const request = { source: "vendor", body: Buffer.from(body), rawQuery: "x=%E8", query: readQuery("x=%E8") };
    const { kind, id } = await receive({ ...request, headers: { "x-signature": signature.digest("hex") } }, deps);
    expect([kind, id]).toEqual(["reports", sha256(body)]);
  });
});

it("an id whose bytes were replaced on the way goes to a person, and two of them stay two", async () => {
  const { vendor } = policy.sources;
  const named = { ...policy, sources: { vendor: Object.assign({}, vendor, { id: ["/body/post"] }) } };
  deps = { ...deps, policy: named };
  const ids = [await say({ post: "m\ufffd", stream: "one" }), await say({ post: "m\ufffd", stream: "two" })];
  expect(ids.map(({ kind }) => kind)).toEqual(["untranslated", "untranslated"]);
  expect(ids[0]?.id).not.toBe(ids[1]?.id);
  expect(await say({ post: "m1" })).toMatchObject({ id: "m1", kind: "reports" });
});

describe("a query that has one name several times", () => {
  it("is held for review, each of them, because only the first value would be read", async () => {
    const call = (rawQuery: string) => {
      const request = { source: "dashboard", headers: { authorization: SECRETS[0] }, body: Buffer.alloc(0) };
      return receive({ ...request, rawQuery, query: readQuery(rawQuery) }, deps);
    };
    const one = await call("post_id=1&stream=push.example.com/live/one&stream=push.example.com/live/two");
    const other = await call("post_id=1&stream=push.example.com/live/one&stream=push.example.com/live/three");
    expect([one, other]).toMatchObject([{ kind: "untranslated" }, { kind: "untranslated" }]);
    expect(other.id).not.toBe(one.id);
    const issues = [{ pointer: "/query", message: "has one name several times" }];
    expect(queued[0]?.message).toMatchObject({ untranslated: { issues } });
  });
});

describe("a body that is not UTF-8, from a sender whose proof does not cover it,", () => {
  const key = "callback-key-1";
  const md5 = createHash("md5").update(`${key}1763726700`).digest("hex");
  const tencent = {
    adapter: "json-mapping",
    grade: "E",
    authentication: { scheme: "md5", of: ["key", "time"], sign: "/body/sign", time: "/body/t", timeIs: "expiry" },
    id: ["/body/stream"],
    stream: { domain: { is: "push.example.com" }, app: { is: "live" }, stream: "/body/stream" },
    category: { is: "gun" },
    categories: { gun: "weapons" },
  };

  it("goes to a person, and two of them stay two", async () => {
    const told = { ...deps, policy: policySchema.parse({ ...base, sources: { tencent } }) };
    const readSecret = async () => JSON.stringify({ secrets: [key] });
    const now = () => new Date(1763726600_000);
    const send = (stream: string) => {
      const body = Buffer.from(JSON.stringify({ sign: md5, t: 1763726700, stream }), "latin1");
      return receive({ source: "tencent", headers: {}, query: {}, body }, { ...told, readSecret, now });
    };
    const ids = [await send("caf\u00e8"), await send("caf\u00e9")].map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect(queued.map(({ message }) => message.kind)).toEqual(["untranslated", "untranslated"]);
    expect((await send("cafe")).kind).toBe("reports");
  });

  it("goes to a person from Huawei's moderation too", async () => {
    const { source: entry, request, secrets, at } = readFixture("huawei-moderation");
    const body = Buffer.from(request.body.replace(/rtmp:\/\/[^"]+/, "$&\u00e9"), "latin1");
    const given = { ...asReceived(request), body, source: "huawei" };
    const told = { ...deps, policy: policySchema.parse({ ...base, sources: { huawei: entry } }) };
    const readSecret = async () => JSON.stringify({ secrets });
    expect(await receive(given, { ...told, readSecret, now: () => new Date(at) })).toMatchObject({
      kind: "untranslated",
    });
  });
});

it("what cannot be read beside reports is held for a person, under an id of its own that is always the same", async () => {
  const { source: entry, request, secrets, at } = readFixture("alibaba-live");
  const policyOf = policySchema.parse({ ...base, playback: policy.playback, sources: { alibaba: entry } });
  const told = {
    ...deps,
    readSecret: async () => JSON.stringify({ secrets }),
    now: () => new Date(at),
    policy: policyOf,
  };
  const { result, ...rest } = JSON.parse(request.body);
  const body = JSON.stringify({ ...rest, result: [...result, { label: "new", suggestion: "block", rate: 99 }] });
  for (const _ of [1, 2]) await receive({ ...asReceived({ ...request, body }), source: "alibaba" }, told);
  const [reports, unread, ...again] = queued.map(({ queue, message }) => ({ queue, message }));
  expect(reports).toMatchObject({ message: { kind: "reports", reports: [{ category: "nudity" }] } });
  expect(unread).toMatchObject({
    queue: "bulk",
    message: { untranslated: { source: "alibaba", issues: [{ pointer: "/body/result/1/label" }] } },
  });
  expect(again).toEqual([reports, unread]);
  for (const { message } of queued) expect(parseMessage(formatMessage(message))).toEqual(message);
  const ids = queued.flatMap(({ message }) => {
    if (message.kind === "untranslated") return message.untranslated.id;
    return message.kind === "reports" ? message.reports.map(({ id }) => id) : [];
  });
  expect(new Set(ids).size).toBe(2);
});

describe("the address that a viewer was watching", () => {
  const { source: entry, request, secrets, at } = readFixture("user-report");
  const report = async (playbackUrl: string, playback: object) => {
    const told = {
      ...deps,
      readSecret: async () => JSON.stringify({ secrets }),
      now: () => new Date(at),
      policy: policySchema.parse({ ...base, playback, sources: { form: entry } }),
    };
    const body = JSON.stringify({ ...JSON.parse(request.body), subject: { playbackUrl }, category: "csam" });
    const signature = createHmac("sha256", secrets[0]).update(body).digest("hex");
    const headers = { ...request.headers, "x-form-signature": `sha256=${signature}` };
    await receive({ ...asReceived({ ...request, headers, body }), source: "form" }, told);
    return queued.pop()?.message;
  };
  const url = "https://play.example.com/live/room-1_hd01.flv";

  it("is of the stream that is pushed, where the policy lists its renditions", async () => {
    const playback = { "play.example.com": { ingest: "push.example.com", renditions: ["hd01", "sd02"] } };
    const stream = { domain: "push.example.com", app: "live", stream: "room-1" };
    expect(await report(url, playback)).toMatchObject({ reports: [{ stream, category: "csam" }] });
    expect(await report(url.replace("hd01", "ld03"), playback)).toMatchObject({ kind: "untranslated" });
  });

  it("otherwise is held for review with its name and category, because nobody pushes a rendition", async () => {
    for (const each of [url, url.replace("_hd01.flv", "/playlist.m3u8"), url.replace("_hd01.flv", "-1700000000.ts")]) {
      expect(await report(each, { "play.example.com": "push.example.com" })).toMatchObject({
        untranslated: { issues: [{ pointer: "/body/subject/playbackUrl" }] },
      });
    }
    const held = await report(url, { "play.example.com": "push.example.com" });
    expect(held).toMatchObject({
      untranslated: { issues: [{ message: expect.stringMatching(/"room-1_hd01".*; reported: csam$/) }] },
    });
  });
});

it("a vendor that compresses its body and signs it uncompressed is understood where the policy says so", async () => {
  const body = JSON.stringify(said);
  const post = (gzip: boolean) => {
    const { vendor } = policy.sources;
    const sources = { vendor: { ...vendor, authentication: { scheme: "hmac", header: "x-signature", gzip } } };
    const signature = createHmac("sha256", SECRETS[0] ?? "")
      .update(body)
      .digest("hex");
    const request = { source: "vendor", headers: { "x-signature": signature }, query: {}, body: gzipSync(body) };
    return receive(request, { ...deps, policy: policySchema.parse({ ...policy, sources }) });
  };
  expect(await post(true)).toMatchObject({ kind: "reports", id: sha256(body) });
  await expect(post(false)).rejects.toMatchObject({ code: "ERR_REPORT_SIGNATURE" });
});

describe("a callback that tells of several things", () => {
  const { source: entry, request, secrets, at } = readFixture("huawei-moderation");
  const idsOf = async (result: object): Promise<unknown> => {
    const now = () => new Date(at);
    const readSecret = async () => JSON.stringify({ secrets });
    const told = { ...deps, readSecret, now, policy: policySchema.parse({ ...base, sources: { huawei: entry } }) };
    const body = JSON.stringify({ ...JSON.parse(request.body), result });
    await receive({ ...asReceived({ ...request, body }), source: "huawei" }, told);
    const message = queued.pop()?.message;
    return message?.kind === "reports" ? message.reports.map(({ id, category }) => [category, id]) : message;
  };
  const [porn, ad] = JSON.parse(request.body).result.image_detail.slice(1);

  it("has one id for each, which is the same when the end tells again of all in another order", async () => {
    const [[, pornId]] = Object(await idsOf({ suggestion: "block", image_detail: [porn] }));
    const [[, adId]] = Object(await idsOf({ suggestion: "block", image_detail: [ad] }));
    expect(pornId).not.toBe(adId);
    expect(await idsOf({ suggestion: "block", image_detail: [ad, porn] })).toEqual([
      ["spam", adId],
      ["nudity", pornId],
    ]);
  });
});
