/** What the contract of every source does not ask: each way to prove, and each way to say something, that a policy can choose. */
import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import type { Issue } from "../../lib/core/issues.ts";
import type { Claim } from "../../lib/reports/claim.ts";
import { NOON } from "../support/fixtures.ts";
import { asReceived, type FixtureRequest, sourceOfFixture } from "./contract.ts";

const SECRET = "vendor-secret-1";
const entry = {
  adapter: "json-mapping",
  grade: "C",
  authentication: { scheme: "hmac", header: "x-signature" },
  stream: { url: "/body/url" },
  category: "/body/label",
  categories: { gun: "weapons" },
};
const said = { url: "rtmp://push.example.com/live/room-42", label: "gun" };
const stream = { domain: "push.example.com", app: "live", stream: "room-42" };
const jsonMapping = (change: object) => sourceOfFixture({ source: { ...entry, ...change } });

/** The check that refused it; undefined where it was proven. */
function refusal(authentication: object, request: Partial<FixtureRequest>, secrets = [SECRET]): string | undefined {
  try {
    const whole = { headers: {}, query: {}, body: "{}", ...request };
    jsonMapping({ authentication }).verify(asReceived(whole), secrets, NOON);
    return undefined;
  } catch (error) {
    if (!(error instanceof OffairError)) throw error;
    return error.details.check ?? error.code;
  }
}

/** The one claim that is made of a body, or its faults. */
function made(change: object, body: unknown = said, query = {}): Claim | readonly Issue[] | undefined {
  try {
    const translation = jsonMapping(change).translate(body, asReceived({ headers: {}, query, body: "" }), NOON);
    return translation.kind === "claims" ? translation.claims[0] : undefined;
  } catch (error) {
    if (!(error instanceof OffairError)) throw error;
    return error.details.issues;
  }
}
const faultAt = (pointer: string) => [{ pointer, message: expect.any(String) }];
const idOf = (id: readonly string[], body: unknown) =>
  jsonMapping({ id }).translate(body, asReceived({ headers: {}, query: {}, body: "" }), NOON).id;

describe("HMAC over the body", () => {
  const body = '{"a": 1}';
  it.each([
    ["sha256", "hex", ""],
    ["sha256", "base64", "v0="],
    ["sha512", "hex", "sha512="],
    ["sha512", "base64", ""],
  ] as const)("in %s and %s after %j", (algorithm, encoding, prefix) => {
    const way = { scheme: "hmac", header: "x-signature", algorithm, encoding, prefix };
    const signature = createHmac(algorithm, SECRET).update(body).digest(encoding);
    const signed = (value: string) => refusal(way, { headers: { "x-signature": value }, body });
    expect(signed(`${prefix}${signature}`)).toBeUndefined();
    expect(signed(`${prefix}x${signature}`)).toBe("x-signature");
    expect(signed(`x${prefix}${signature}`)).toBe("x-signature");
    expect(signed(prefix)).toBe("x-signature");
    expect(signed(`${prefix}${signature.toUpperCase()}`)).toBe(encoding === "hex" ? undefined : "x-signature");
  });
});

describe("MD5 over a key and a time", () => {
  const md5 = (text: string) => createHash("md5").update(text).digest("hex");
  const nowS = NOON.getTime() / 1_000;
  const way = { scheme: "md5", of: ["key", "time"], sign: "/body/sign", time: "/body/t", timeIs: "sent" };
  const withTime = (t: unknown) => ({ body: JSON.stringify({ sign: md5(`${SECRET}${t}`), t }) });

  it("takes the digits as a number or as text, in either case of the hexadecimal digits", () => {
    for (const t of [nowS, String(nowS)]) expect(refusal(way, withTime(t))).toBeUndefined();
    const upper = { body: JSON.stringify({ sign: md5(`${SECRET}${nowS}`).toUpperCase(), t: nowS }) };
    expect(refusal(way, upper)).toBeUndefined();
  });

  it.each([nowS - 301, nowS + 301, nowS + 0.5, `${nowS} `, `0x${nowS.toString(16)}`, null, [nowS], undefined])(
    "refuses the time %j, however it is signed",
    (t) => {
      expect(refusal(way, withTime(t))).toBe("/body/t");
    },
  );

  it("knows an end from a beginning: one that has not come may be ahead, and one that is over is over", () => {
    const expiry = { ...way, timeIs: "expiry" };
    expect(refusal(expiry, withTime(nowS + 3_600))).toBeUndefined();
    expect(refusal(expiry, withTime(nowS - 1))).toBe("/body/t");
    expect(refusal(way, withTime(nowS + 3_600))).toBe("/body/t");
  });

  it("may stand in the query, with a host", () => {
    const inQuery = { ...way, of: ["host", "key", "time"], separator: "-", sign: "/query/sign", time: "/query/time" };
    const query = { sign: md5(`hooks.example.com-${SECRET}-${nowS}`), time: String(nowS) };
    expect(refusal(inQuery, { headers: { host: "hooks.example.com" }, query, body: "no JSON" })).toBeUndefined();
    expect(refusal(inQuery, { headers: { host: "hooks.example.org" }, query })).toBe("/query/sign");
    expect(refusal(inQuery, { query })).toBe("host");
  });

  it("may be over a domain of the sender's in place of the one that it calls", () => {
    const inHeaders = {
      ...way,
      of: ["host", "time", "key"],
      separator: "|",
      sign: "/headers/sign",
      time: "/headers/t",
    };
    const ofIngest = { ...inHeaders, host: "push.example.com" };
    const by = (host: string) => ({
      headers: { host: "hooks.example.com", t: String(nowS), sign: md5(`${host}|${nowS}|${SECRET}`) },
    });
    expect(refusal(ofIngest, by("push.example.com"))).toBeUndefined();
    expect(refusal(ofIngest, by("hooks.example.com"))).toBe("/headers/sign");
    expect(refusal(inHeaders, by("push.example.com"))).toBe("/headers/sign");
  });

  it.each(["", "no JSON", "5", "null", "[]", '{"sign":{},"t":1}', '{"__proto__":{"sign":"x","t":1}}'])(
    "is unproven, and not invalid, where the body that should hold it is %j",
    (body) => {
      expect(refusal(way, { body })).toBe("/body/sign");
    },
  );
});

describe("a fixed token", () => {
  it("has to be the whole value", () => {
    const way = { scheme: "bearer", header: "x-token", prefix: "Key " };
    const given = (value: string) => refusal(way, { headers: { "x-token": value } });
    expect(given(`Key ${SECRET}`)).toBeUndefined();
    for (const value of [SECRET, `Key ${SECRET} `, `key ${SECRET}`, `Key ${SECRET}, Key x`, "Key ", ""]) {
      expect(given(value)).toBe("x-token");
    }
  });

  it("is in the header Authorization unless told", () => {
    expect(refusal({ scheme: "bearer" }, { headers: { authorization: SECRET } })).toBeUndefined();
  });
});

it.each(["hmac", "bearer"])("a secret of %s shorter than 8 characters is ours to mend", (scheme) => {
  const way = { scheme, header: "x-signature" };
  expect(refusal(way, { headers: { "x-signature": "1234567" } }, ["1234567"])).toBe("ERR_SECRET");
});

describe("the stream", () => {
  const triple = { domain: "/body/d", app: { is: "live" }, stream: "/body/s" };
  it.each<[string, object, unknown]>([
    ["field by field", triple, { d: "Push.Example.com", s: "room-42" }],
    ["from an address", { url: "/body/u" }, { u: "rtmp://push.example.com/live/room-42?auth=x" }],
    ["from one text", { path: "/body/p" }, { p: "push.example.com/live/room-42" }],
  ])("is read %s", (_, from, body) => {
    expect(made({ stream: from }, { ...said, ...Object(body) })).toMatchObject({ stream });
  });

  it.each<[string, object, unknown, string]>([
    ["a domain of no name", triple, { d: "", s: "x" }, "/body/d"],
    ["no stream", triple, { d: "push.example.com" }, "/body/s"],
    ["a stream that means all", triple, { d: "push.example.com", s: "*" }, "/body/s"],
    ["an address of a stranger", { url: "/body/u" }, { u: "rtmp://push.example.org/live/x" }, "/body/u"],
    ["no address", { url: "/body/u" }, {}, "/body/u"],
    ["a text of two parts", { path: "/body/p" }, { p: "push.example.com/live" }, "/body/p"],
    ["a text with a part that means all", { path: "/body/p" }, { p: "push.example.com/live/*" }, "/body/p"],
    ["no text", { path: "/body/p" }, { p: ["a", "b"] }, "/body/p"],
  ])("is a fault where there is %s", (_, from, body, pointer) => {
    expect(made({ stream: from }, { ...said, url: undefined, ...Object(body) })).toEqual(faultAt(pointer));
  });
});

describe("what a signature leaves out", () => {
  const query = { s: "push.example.com/live/room-42" };
  const from = { stream: { path: "/query/s" } };

  it("is not read beside a signed body, whatever the grade", () => {
    for (const grade of ["C", "E"]) expect(made({ ...from, grade }, said, query)).toEqual(faultAt("/query/s"));
  });

  it("is read where nothing is signed", () => {
    expect(made({ ...from, grade: "F", authentication: { scheme: "bearer" } }, said, query)).toMatchObject({ stream });
  });

  it("may still tell which messages report something", () => {
    const when = { at: "/headers/x-event", in: ["hit"] };
    const kindOf = (event: string) =>
      jsonMapping({ when }).translate(said, asReceived({ headers: { "x-event": event }, query, body: "" }), NOON).kind;
    expect([kindOf("hit"), kindOf("miss")]).toEqual(["claims", "nothing"]);
  });
});

describe("the score", () => {
  const score = { at: "/body/score", max: 100 };
  it.each<[unknown, number]>([
    [93, 0.93],
    ["93.5", 0.935],
    [0, 0],
    [-0, 0],
    [100, 1],
  ])("%j of 100 is %d", (value, expected) => {
    expect(made({ score }, { ...said, score: value })).toMatchObject({ score: expected });
  });

  it.each<unknown>([100.1, -1, "high", null, undefined, [93], true])("%j is a fault", (value) => {
    expect(made({ score }, { ...said, score: value })).toEqual(faultAt("/body/score"));
  });

  it("is left out where the policy knows of none", () => {
    expect(made({}, { ...said, score: 0.9 })).toEqual({ occurredAt: NOON.toISOString(), stream, category: "weapons" });
  });
});

describe("the time", () => {
  it.each<[string, unknown, string]>([
    ["s", 1_795_262_400, "2026-11-21T12:00:00.000Z"],
    ["s", "1795262400", "2026-11-21T12:00:00.000Z"],
    ["ms", 1_795_262_400_250, "2026-11-21T12:00:00.250Z"],
    ["rfc3339", "2026-11-21T13:00:00+01:00", "2026-11-21T12:00:00.000Z"],
  ])("in %s %j", (unit, value, occurredAt) => {
    expect(made({ time: { at: "/body/time", unit } }, { ...said, time: value })).toMatchObject({ occurredAt });
  });

  it.each<[string, unknown]>([
    ["s", "soon"],
    ["s", undefined],
    ["s", 1e300],
    ["ms", 253_402_300_800_000],
    ["rfc3339", "2026-11-21 13:00"],
    ["rfc3339", 1_795_262_400],
  ])("in %s %j is a fault", (unit, value) => {
    const issues = made({ time: { at: "/body/time", unit } }, { ...said, time: value });
    expect(issues).toEqual(expect.arrayContaining(faultAt("/body/time")));
  });

  it("is that of the receipt unless told", () => {
    expect(made({})).toMatchObject({ occurredAt: NOON.toISOString() });
  });
});

describe("the rest", () => {
  it("is left to what a report can hold: a long or odd text still makes a report", () => {
    const reason = `a\u0000b\ud800\n${"💥".repeat(2_500)}`;
    expect(made({ reason: "/body/why" }, { ...said, why: reason })).toMatchObject({
      reason: `a b\ufffd\n${"💥".repeat(1_995)}`,
    });
    const silent = { occurredAt: NOON.toISOString(), stream, category: "weapons" };
    expect(made({ reason: "/body/why", reporter: "/body/who" })).toEqual(silent);
  });

  it("but a reporter that nobody could be is a fault", () => {
    expect(made({ reporter: "/body/who" }, { ...said, who: "x".repeat(257) })).toEqual(faultAt("/body/who"));
    expect(made({ reporter: "/body/who" }, { ...said, who: 17 })).toMatchObject({ reporter: { id: "17" } });
  });

  it("only counts when the value is one of those that the policy names, in quotes or not, as with labels", () => {
    const when = { at: "/body/hit", in: [1, true, "yes", "2"] };
    for (const hit of [1, "1", 1.0, true, "true", "yes", 2, "2"])
      expect(made({ when }, { ...said, hit })).toHaveProperty("category");
    for (const hit of ["01", "1.0", "True", "YES", "", 0, "0", false, "false", null])
      expect(made({ when }, { ...said, hit })).toBeUndefined();
    expect(made({ when: { at: "/body/hit", in: [""] } }, { ...said, hit: "" })).toHaveProperty("category");
  });

  it("is for a person to look at where that value is gone, or has become something larger", () => {
    const when = { at: "/body/hit", in: [1, true, "yes"] };
    for (const hit of [undefined, ["yes"], { is: "yes" }, 2 ** 60]) {
      expect(made({ when }, { ...said, hit })).toEqual(faultAt("/body/hit"));
    }
  });
});

describe("the id", () => {
  it("of one field is that field; of several, or of one that no log should hold, a hash", () => {
    expect(idOf(["/body/id"], { ...said, id: "abc-1" })).toBe("abc-1");
    for (const id of ["a b", "x".repeat(129), "é"])
      expect(idOf(["/body/id"], { ...said, id })).toMatch(/^[0-9a-f]{64}$/);
    expect(idOf(["/body/a", "/body/b"], { ...said, a: "1", b: "2" })).toMatch(/^[0-9a-f]{64}$/);
  });

  it("of fields that are cut differently is another", () => {
    const of = (a: string, b: string) => idOf(["/body/a", "/body/b"], { ...said, a, b });
    expect(new Set([of("1", "23"), of("12", "3"), of("1,2", "3"), of('1","2', "3")]).size).toBe(4);
  });

  it("is a fault where a field of it is missing: two reports would become one", () => {
    expect(made({ id: ["/body/a", "/body/b"] }, { ...said, a: "1" })).toEqual(faultAt("/body/b"));
  });
});

it("a verdict that the policy neither reports nor ignores is held for review: it may be a new word for harm", () => {
  const when = { at: "/body/verdict", in: ["Block", "Review"], ignore: ["Pass"] };
  const of = (verdict: unknown, change: object = { when }) => made(change, { ...said, verdict });
  expect(of("Block")).toMatchObject({ category: "weapons" });
  expect(of("Pass")).toBeUndefined();
  expect(of("Ban")).toEqual([{ pointer: "/body/verdict", message: '"Ban" is neither in when.in nor in when.ignore' }]);
  for (const verdict of ["pass", "", 1, null]) expect(of(verdict)).toEqual(faultAt("/body/verdict"));
  expect(of("Ban", { when: { ...when, ignore: undefined } })).toBeUndefined();
});

describe("a list of results", () => {
  const list = {
    each: "/body/result",
    when: { at: "/item/suggestion", in: ["block", "review"] },
    id: ["/body/job", "/item/label"],
    category: "/item/label",
    categories: { gun: "weapons", porn: "nudity" },
    score: { at: "/item/rate", max: 100 },
  };
  const pass = { suggestion: "pass", label: "normal", rate: 99 };
  const porn = { suggestion: "block", label: "porn", rate: 97 };
  const gun = { suggestion: "review", label: "gun", rate: 60 };
  const of = (result: unknown, change: object = {}, body: object = {}) =>
    jsonMapping({ ...list, ...change }).translate(
      { url: said.url, job: "job-1", result, ...body },
      asReceived({ headers: {}, query: {}, body: "" }),
      NOON,
    );
  const faults = (run: () => unknown) => {
    try {
      return run();
    } catch (error) {
      if (error instanceof OffairError && error.code === "ERR_REPORT_INVALID") return error.details.issues;
      throw error;
    }
  };

  it("makes a claim of each that is a report, wherever it stands", () => {
    expect(of([pass, porn])).toMatchObject({
      id: "job-1",
      parts: ["porn"],
      claims: [{ stream, category: "nudity", score: 0.97 }],
    });
    expect(of([gun, pass, porn])).toMatchObject({
      parts: ["gun", "porn"],
      claims: [{ category: "weapons" }, { category: "nudity" }],
    });
  });

  it("is nothing to report where none is, and where it is empty", () => {
    for (const result of [[], [pass], [pass, pass]]) expect(of(result)).toEqual({ kind: "nothing" });
  });

  it("is held for review where it is no list, or too long for one message", () => {
    for (const result of [undefined, null, {}, { 0: porn }, porn, "porn", Array(51).fill(porn)]) {
      expect(faults(() => of(result))).toMatchObject([{ pointer: "/body/result" }]);
    }
    expect(of(Array(50).fill(porn))).toMatchObject({ kind: "claims" });
  });

  it("leaves to a person what it cannot read, beside claims for the others, and says where it is", () => {
    const odd = [{ ...porn, label: "new" }, { label: "porn" }, null, { ...gun, rate: 101 }];
    const unread = [
      { pointer: "/body/result/0/label", message: '"new" is not among the source\'s categories' },
      { pointer: "/body/result/1/suggestion", message: "is missing, or is not a plain value" },
      { pointer: "/body/result/2/suggestion", message: "is missing, or is not a plain value" },
      { pointer: "/body/result/3/rate", message: "is not from 0 to 100" },
    ];
    const some = of([...odd, porn]);
    expect(some).toMatchObject({ claims: [{ category: "nudity" }], unread: { issues: unread } });
    expect(faults(() => of(odd))).toEqual(unread);
    expect(of([...odd, porn])).toEqual(some);
    expect(of([...odd, pass, porn])).not.toMatchObject({ unread: { part: "unread" in some && some.unread?.part } });
  });

  it("tells its elements apart by what the policy names, by their place, or within the body", () => {
    expect(of([porn, { ...porn, rate: 99 }, porn])).toMatchObject({ parts: ["porn", "porn/1", "porn/2"] });
    expect(of([porn, gun], { id: ["/body/job"] })).toMatchObject({ id: "job-1", parts: ["0", "1"] });
    expect(of([porn, gun], { id: ["/item/label"] })).toMatchObject({ id: "item", parts: ["porn", "gun"] });
    expect(of([porn, gun], { id: undefined })).not.toHaveProperty("parts");
    const long = { ...porn, key: "x".repeat(120) };
    expect(of([long], { id: ["/item/key"] })).toMatchObject({ parts: [expect.stringMatching(/^[0-9a-f]{32}$/)] });
  });

  it("may name a stream for each", () => {
    const both = of(
      [
        { ...porn, url: said.url },
        { ...porn, url: "rtmp://push.example.com/live/room-1" },
      ],
      {
        stream: { url: "/item/url" },
      },
    );
    expect(both).toMatchObject({ claims: [{ stream }, { stream: { stream: "room-1" } }] });
  });

  it("may be of messages of one kind only", () => {
    const when = { at: "/body/type", in: ["result"] };
    expect(of([porn], { when }, { type: "result" })).toMatchObject({ kind: "claims" });
    expect(of([porn], { when }, { type: "ping" })).toEqual({ kind: "nothing" });
    expect(of(undefined, { when }, { type: "ping" })).toEqual({ kind: "nothing" });
  });
});

describe("a list of which the policy reads one element", () => {
  const first = { when: { at: "/body/result/0/suggestion", in: ["block"] }, category: "/body/result/0/label" };
  const of = (result: unknown, change: object = first) =>
    jsonMapping(change).translate({ ...said, result }, asReceived({ headers: {}, query: {}, body: "" }), NOON);
  const [pass, gun] = [
    { suggestion: "pass", label: "gun" },
    { suggestion: "block", label: "gun" },
  ];

  it("is held for review where others follow, beside the claim of the first", () => {
    expect(of([pass])).toEqual({ kind: "nothing" });
    expect(of([gun])).not.toHaveProperty("unread");
    expect(() => of([pass, gun])).toThrow(
      expect.objectContaining({ details: { issues: [expect.objectContaining({ pointer: "/body/result" })] } }),
    );
    expect(of([gun, pass])).toMatchObject({
      claims: [{ category: "weapons" }],
      unread: { issues: [{ pointer: "/body/result" }] },
    });
  });

  it("also within an element of another list", () => {
    const change = { each: "/body/result", category: "/item/labels/0" };
    expect(of([{ labels: ["gun"] }], change)).not.toHaveProperty("unread");
    expect(of([{ labels: ["gun", "porn"] }], change)).toMatchObject({
      unread: { issues: [{ pointer: "/body/result/0/labels" }] },
    });
  });
});
