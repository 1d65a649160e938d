import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { issuesOf } from "../../lib/core/issues.ts";
import { formatStream, streamKey, streamSchema } from "../../lib/core/stream.ts";
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
