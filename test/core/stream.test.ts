import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { issuesOf } from "../../lib/core/issues.ts";
import {
  formatStream,
  hasDocumentedName,
  knownStreamSchema,
  streamKey,
  streamSchema,
  withoutQuery,
} from "../../lib/core/stream.ts";
import "../support/runs.ts";

const stream = { domain: "push.example.com", app: "live", stream: "room-42" };
const PARTS = [
  ["domain", 255],
  ["app", 128],
  ["stream", 512],
] as const;

function issues(change: object): string[] {
  const { error } = streamSchema.safeParse({ ...stream, ...change });
  return error ? issuesOf(error).map(({ pointer, message }) => `${pointer} ${message}`) : [];
}

describe.each(PARTS)("the %s of a stream", (part, limit) => {
  it(`is 1 to ${limit} characters, counted as code points`, () => {
    expect(issues({ [part]: "" })).toEqual([`/${part} must not be empty`]);
    for (const character of ["a", "é", "💥"]) {
      expect(issues({ [part]: character.repeat(limit) })).toEqual([]);
      expect(issues({ [part]: character.repeat(limit + 1) })).toEqual([`/${part} must be at most ${limit} characters`]);
    }
  });

  it('is never "*", which would mean every one (invariant 2)', () => {
    expect(issues({ [part]: "*" })).toEqual([`/${part} must not be "*": that would mean every one`]);
    expect(issues({ [part]: "a*" })).toEqual([]);
  });

  it.each([0x00, 0x09, 0x0a, 0x1b, 0x1f, 0x7f, 0x80, 0x9b, 0x9f])("never holds the control character %i", (code) => {
    expect(issues({ [part]: `a${String.fromCharCode(code)}` })).toEqual([`/${part} must not hold control characters`]);
  });

  it.each(["\ud800", "a\udfff", "\udc00\ud800"])("never holds half of a surrogate pair: %j", (name) => {
    expect(issues({ [part]: name })).toEqual([`/${part} must not hold half of a surrogate pair`]);
  });

  it.each([undefined, null, 5, true, [], {}])("is text, not %j", (value) => {
    expect(issues({ [part]: value })[0]).toMatch(`/${part} Invalid input: expected string`);
  });
});

/** A push URL's last part, as people and forms paste it, with the key that must not be stored. */
const WITH_QUERY = [
  "huawei?txSecret=0123&txTime=6553F100",
  "huawei?auth_key=1700000000-0-0-0123",
  "huawei?",
  "huawei%3FtxSecret=0123",
  "huawei%253ftxSecret%253d0123",
  "huawei\uff1ftxSecret=0123",
  "huawei&auth_key=0123",
  "huawei%26auth_key%3D0123",
  "huawei;wsSecret=0123",
  "huawei#token=0123",
  "huawei,hwSecret=0123",
  "huawei&auth-key=0123",
  "huawei&X-Amz-Signature=0123",
  "huawei&sign[]=0123",
  "huawei&txSecret =0123",
  "huawei%26auth-key%3D0123",
  "huawei%u003fauth_key=0123",
  "huawei\\u003fauth_key=0123",
  "huawei\ufe56auth_key=0123",
  "huawei\uff06auth_key\uff1d0123",
  "huawei auth_key=0123",
  "huawei:auth_key=0123",
  "huawei!auth_key=0123",
];

describe("a name with the query of a push URL", () => {
  it.each(WITH_QUERY)("is refused, whichever part of the stream it stands in: %s", (name) => {
    for (const [part] of PARTS) {
      expect(issues({ [part]: name })).toEqual([
        `/${part} must not hold a query ("?" and what follows): it is no part of the name, and may hold the key of the push`,
      ]);
    }
  });

  it.each(WITH_QUERY)("is quoted without the query: %s", (name) => {
    expect(withoutQuery(`push.example.com/live/${name}`)).toBe("push.example.com/live/huawei…");
  });

  it("is still read where Live lists it, or an earlier version stored it", () => {
    for (const name of WITH_QUERY) expect(knownStreamSchema.parse({ ...stream, stream: name }).stream).toBe(name);
  });

  it.each(["a=1", "-2+3", "room&co", "50%", "q1 # raid", "a;b", "x,y", "=1+1", "'=1+1", "a+=1"])(
    "is not seen in %s",
    (name) => {
      expect(issues({ stream: name })).toEqual([]);
      expect(withoutQuery(name)).toBe(name);
    },
  );
});

describe("the characters of a stream's name", () => {
  it.each(["room-42", "ROOM_42", "a/b/c", "raid-*", "0", "-"])("are documented in %s", (name) => {
    expect(hasDocumentedName({ stream: name })).toBe(true);
  });

  it.each([
    "name,nudity,0.93",
    "m1;m2",
    "m1 m2",
    "q1 # raid",
    "n1.m3u8",
    "café",
    "",
    "a\n",
    "caf\ufffd",
    "𝕣",
    "a\\b",
    "a%2Fb",
  ])("are not all documented in %j", (name) => {
    expect(hasDocumentedName({ stream: name })).toBe(false);
  });
});

const name = fc.string({ unit: "binary", minLength: 1, maxLength: 20 });

describe("a stream", () => {
  it("has its domain in lower case, and app and stream exactly as they came", () => {
    expect(streamSchema.parse({ domain: "Push.EXAMPLE.com", app: "Live ", stream: "Straße/É\u0301%2F" })).toEqual({
      domain: "push.example.com",
      app: "Live ",
      stream: "Straße/É\u0301%2F",
    });
  });

  it("has no domain that in lower case would be too long", () => {
    expect(issues({ domain: "İ".repeat(255) })).toEqual(["/domain must be at most 255 characters"]);
  });

  it("reads the same however often it is read", () => {
    fc.assert(
      fc.property(fc.record({ domain: name, app: name, stream: name }), (names) => {
        const { data } = streamSchema.safeParse(names);
        if (data) expect(streamSchema.parse(data)).toEqual(data);
      }),
    );
  });

  it("has the key of another only if all three names are equal, wherever a slash stands", () => {
    const [a, b] = [
      { domain: "d", app: "a/b", stream: "c" },
      { domain: "d", app: "a", stream: "b/c" },
    ];
    expect(formatStream(a)).toBe(formatStream(b));
    expect(streamKey(a)).not.toBe(streamKey(b));
    const part = fc.constantFrom("a", "b", "a/b", '","', '"', "\\");
    const names = fc.record({ domain: part, app: part, stream: part });
    fc.assert(
      fc.property(names, names, (x, y) => {
        const equal = x.domain === y.domain && x.app === y.app && x.stream === y.stream;
        expect(streamKey(x) === streamKey(y)).toBe(equal);
      }),
    );
  });
});
