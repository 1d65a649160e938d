import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { displayWidth } from "../../../cli/terminal/width.ts";
import { breakText, wrapText } from "../../../cli/terminal/wrap.ts";
import { runs } from "../../support/runs.ts";

describe("a text in lines", () => {
  it.each([
    ["a rifle on the table", 10, ["a rifle on", "the table"]],
    ["https://example.com/a", 8, ["https://", "example.", "com/a"]],
    ["say https://example.com", 8, ["say", "https://", "example.", "com"]],
    ["", 8, [""]],
    ["房间房间", 5, ["房间", "房间"]],
  ])("%s", (text, width, lines) => expect(wrapText(text, width)).toEqual(lines));

  it("fits, and has every character but blanks, in order", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 100 }), (text, width) => {
        const lines = wrapText(text, width);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      }),
      { numRuns: runs(300) },
    );
  });
});

it("a name in pieces is the name", () => {
  expect(breakText("", 4)).toEqual([""]);
  expect(breakText("room  1", 4)).toEqual(["room", "  1"]);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 100 }), (text, width) => {
      expect(breakText(text, width).join("")).toBe(text);
    }),
    { numRuns: runs(100) },
  );
});
