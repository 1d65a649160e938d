import { describe, expect, it } from "@jest/globals";
import { didYouMean, nearest } from "../../../cli/terminal/nearest.ts";

const COMMANDS = ["list", "pause", "plan", "plans", "history", "review", "approve", "apply", "undo"];

describe("the nearest word", () => {
  it.each([
    ["lst", "list"],
    ["lits", "list"],
    ["puase", "pause"],
    ["hist", "history"],
    ["reveiw", "review"],
    ["aprrove", "approve"],
    ["histroy", "history"],
    ["undoo", "undo"],
    ["plan-", "plan"],
  ])("to %s is %s", (typed, word) => {
    expect(nearest(typed, COMMANDS)).toBe(word);
  });

  it.each(["", "l", "go", "delete", "applause", "list all the streams", "x".repeat(100_000)])(
    "is none to what is not near: %.20s",
    (typed) => {
      expect(nearest(typed, COMMANDS)).toBeUndefined();
      expect(didYouMean(typed, COMMANDS)).toBe("");
    },
  );

  it("is told at the end of a message", () => {
    expect(didYouMean("reson", ["reason"], "--")).toBe("; did you mean --reason?");
  });
});
