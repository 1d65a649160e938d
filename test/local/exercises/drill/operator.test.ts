import { expect, it } from "@jest/globals";
import { transcript } from "../../../../local/exercises/drill/operator.ts";
import type { Command } from "../../../../local/exercises/evidence.ts";

const typed = (change: Partial<Command>): Command => ({
  ...{ who: "alice", args: ["list"], at: "2026-11-22T03:00:00Z", tookMs: 900 },
  ...{ exit: 0, stdout: "nothing is off\n", stderr: "", ...change },
});

it("shows what was typed as a shell takes it, and what was said", () => {
  expect(transcript(typed({ args: ["plan", "--name", "raid-*", "--reason", "it's on"] }))).toBe(
    "alice$ offair plan --name 'raid-*' --reason 'it'\\''s on'\nnothing is off",
  );
});

it("tells how it ended where that was not well", () => {
  expect(transcript(typed({ stdout: "", stderr: "offair: refused\n", exit: 3 }))).toBe(
    "alice$ offair list\noffair: refused\n[exit code 3]",
  );
  expect(transcript(typed({ stdout: "", exit: null }))).toBe("alice$ offair list\n[killed]");
});

it("leaves out the middle of a long list, and says how much", () => {
  const stdout = Array.from({ length: 100 }, (_, index) => `row ${index}\n`).join("");
  const lines = transcript(typed({ stdout })).split("\n");
  expect(lines).toHaveLength(1 + 12 + 1 + 12);
  expect([lines[12], lines[13], lines[14]]).toEqual(["row 11", "  [… 76 lines …]", "row 88"]);
});
