import { expect, it } from "@jest/globals";
import {
  durationText,
  instantText,
  localText,
  longText,
  relativeText,
  utcText,
} from "../../../console/ui/time-text.ts";

it("an instant that cannot be read is shown as it is, or as unknown", () => {
  expect(instantText("2026-03-14T09:00:00.5Z")).toBe("2026-03-14 09:00:00 UTC");
  expect(instantText("soon\u202e")).toBe("soon\\u{202e}");
  for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, 9e15]) {
    expect([utcText(ms), localText(ms)]).toEqual(["unknown", "unknown"]);
  }
  expect([durationText(Number.NaN), longText(Number.NaN), relativeText(Number.NaN, 0)]).toEqual([
    "unknown",
    "unknown",
    "",
  ]);
});
