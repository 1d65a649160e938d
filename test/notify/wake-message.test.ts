import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { formatWakeMessages, MAX_BYTES, parseWakeMessage, SWEEP } from "../../lib/notify/wake-message.ts";
import { runs } from "../support/runs.ts";

const keysOf = (body: string) => {
  const message = parseWakeMessage(body);
  return "keys" in message ? message.keys : [];
};
const key = fc.record({
  pk: fc.string({ minLength: 1, maxLength: 500, unit: "grapheme" }),
  sk: fc.string({ minLength: 1, maxLength: 200, unit: "grapheme" }),
});

describe("a message that wakes notify", () => {
  it("asks for a sweep, or has keys", () => {
    expect(parseWakeMessage(SWEEP)).toEqual({ version: 1, sweep: true });
    expect(keysOf('{"version":1,"keys":[{"pk":"REPORT#a#1","sk":"REPORT"}]}')).toEqual([
      { pk: "REPORT#a#1", sk: "REPORT" },
    ]);
  });

  it.each([
    ["no JSON", "{"],
    ["nothing", ""],
    ["a list", "[]"],
    ["null", "null"],
    ["another version", '{"version":2,"sweep":true}'],
    ["no version", '{"sweep":true}'],
    ["both", '{"version":1,"sweep":true,"keys":[{"pk":"a","sk":"b"}]}'],
    ["neither", '{"version":1}'],
    ["no sweep", '{"version":1,"sweep":false}'],
    ["no keys", '{"version":1,"keys":[]}'],
    ["an empty key", '{"version":1,"keys":[{"pk":"","sk":"b"}]}'],
    ["a key that is no text", '{"version":1,"keys":[{"pk":{"S":"a"},"sk":"b"}]}'],
    ["more than keys", '{"version":1,"keys":[{"pk":"a","sk":"b","item":{}}]}'],
    ["a key too long", JSON.stringify({ version: 1, keys: [{ pk: "ü".repeat(1_025), sk: "b" }] })],
    ["a sort key too long", JSON.stringify({ version: 1, keys: [{ pk: "a", sk: "b".repeat(1_025) }] })],
    ["too many keys", JSON.stringify({ version: 1, keys: Array(501).fill({ pk: "a", sk: "b" }) })],
    ["a report", '{"kind":"reports","reports":[]}'],
    ["a prototype", '{"__proto__":{"version":1,"sweep":true}}'],
  ])("with %s is refused for good", (_, body) => {
    expect(() => parseWakeMessage(body)).toThrow(expect.objectContaining({ code: "ERR_MESSAGE_INVALID" }));
  });

  it("has each key once, in messages of at most 10 kB that can be read again", () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 120 }), (keys) => {
        const bodies = formatWakeMessages([...keys, ...keys]);
        const unique = [...new Map(keys.map((each) => [`${each.pk} ${each.sk}`, each])).values()];
        expect(bodies.flatMap(keysOf)).toEqual(unique);
        for (const body of bodies) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MAX_BYTES);
      }),
      { numRuns: runs(300) },
    );
  });

  it("has at most so many keys as a reader takes", () => {
    const keys = Array.from({ length: 700 }, (_, index) => ({ pk: `${index}`, sk: "b" }));
    expect(formatWakeMessages(keys).flatMap(keysOf)).toEqual(keys);
  });
});
