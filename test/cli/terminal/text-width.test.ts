import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { fitTo, padTo, textWidth, wrapText } from "../../../cli/terminal/text-width.ts";
import { runs } from "../../support/runs.ts";

it.each([
  ["room", 4],
  ["房间", 4],
  ["e\u0301", 1],
  ["🔥", 2],
  ["", 0],
])("%s is as wide as it is shown", (text, width) => expect(textWidth(text)).toBe(width));

it("columns of a table line up, whatever the script", () => {
  expect(padTo("房间", 6)).toBe("房间  ");
  expect(fitTo("房间 room", 6)).toBe("房间 …");
  expect(fitTo("room", 4)).toBe("room");
});

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
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      }),
      { numRuns: runs(300) },
    );
  });
});
