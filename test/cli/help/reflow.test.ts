import { describe, expect, it } from "@jest/globals";
import { optionHelp, parseHelp, wordsOfOptions } from "../../../cli/help/parse-help.ts";
import { reflow } from "../../../cli/help/reflow.ts";
import { EVERY } from "../../../cli/main.ts";

const HELP = `offair wash STREAM --reason TEXT [--as pause|disable] [--dry-run]
            [--json]
offair wash --all

Washes one stream, and the text of this
paragraph goes on. Its end is the end of a line.
A sentence of its own.

  STREAM       what to wash
  --reason TEXT  why; the text goes on
                 in this line
  --a-long-option-name  what it does
  --from, --to DAY  two in one row

  offair wash a
  offair wash b`;

describe("a help text", () => {
  it("fits the width, and says the same words", () => {
    expect(reflow(HELP, 44)).toEqual([
      "offair wash STREAM --reason TEXT",
      "    [--as pause|disable] [--dry-run]",
      "    [--json]",
      "offair wash --all",
      "",
      "Washes one stream, and the text of this",
      "paragraph goes on. Its end is the end of a",
      "line.",
      "A sentence of its own.",
      "",
      "  STREAM            what to wash",
      "  --reason TEXT     why; the text goes on in",
      "                    this line",
      "  --a-long-option-name",
      "                    what it does",
      "  --from, --to DAY  two in one row",
      "",
      "  offair wash a",
      "  offair wash b",
    ]);
  });

  it("names its options, their values and the words that they take", () => {
    expect([...optionHelp(HELP)]).toEqual([
      ["reason", { value: "TEXT", text: "why; the text goes on in this line" }],
      ["a-long-option-name", { text: "what it does" }],
      ["from", { value: "DAY", text: "two in one row" }],
      ["to", { value: "DAY", text: "two in one row" }],
    ]);
    expect([...wordsOfOptions(HELP)]).toEqual([["--as", ["pause", "disable"]]]);
  });

  const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");
  it.each(EVERY)("of $name keeps its words in their order, and to every width from 60 to 100", ({ help }) => {
    for (let width = 60; width <= 100; width += 1) {
      const lines = reflow(help, width);
      expect(words(lines.join("\n"))).toEqual(words(help));
      expect(lines.filter((line) => line.length > width)).toEqual([]);
    }
  });

  it.each(EVERY)("of $name has a row for each of its options and no other", ({ name, help, options }) => {
    // An option with a letter may have a row for each of its words instead: -o wide.
    const byWords = Object.keys(options).filter((each) => wordsOfOptions(help).has(`-${options[each]?.short}`));
    const json = ["help", "completion", "console"].includes(name) ? [] : ["json"]; // these print a text
    const shown = new Set([...optionHelp(help).keys(), ...byWords]);
    expect([...shown].sort()).toEqual([...Object.keys(options), ...json].sort());
  });

  it.each(EVERY)("of $name begins with how to call it, and ends with the exit codes", ({ name, help }) => {
    const [first] = parseHelp(help);
    expect(first).toMatchObject({ kind: "command", text: expect.stringMatching(new RegExp(`^offair ${name}\\b`)) });
    expect(parseHelp(help).at(-1)).toMatchObject({ text: expect.stringMatching(/^Exit codes: 0 /) });
  });
});
