/** Printed commands, pasted into bash: `offair` gets exactly the values that they show. */
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { commandText, quoted } from "../../cli/terminal/command-text.ts";
import { useGateway } from "../cli/gateway.ts";
import { offair } from "../cli/offair.ts";
import { ID, planned, planOf, progress, SHA256 } from "../cli/responses.ts";
import { HOSTILE_TEXTS } from "../support/hostile-names.ts";

const gateway = useGateway();

/** A printed command is pasted into a prompt, or into a script. */
const SHELLS = [
  ["a script", ["--norc", "--noprofile"], { LC_ALL: "C.UTF-8" }],
  ["a script without UTF-8", ["--norc", "--noprofile"], { LC_ALL: "C" }],
  ["a prompt", ["--norc", "--noprofile", "-i"], { LC_ALL: "C.UTF-8" }],
] as const;

/** A word that is quoted wrongly may redirect into a file. */
const cwd = mkdtempSync(join(tmpdir(), "offair-pasted-"));

/** @returns the arguments of each line, without the name of the command. */
function pasted(lines: readonly string[], flags: readonly string[], env: NodeJS.ProcessEnv): string[][] {
  const input = ['offair() { printf \'%s\\0\' "$#" "$@"; }', "echo earlier one", ...lines, ""].join("\n");
  const { stdout } = spawnSync("bash", flags, {
    cwd,
    input,
    env: { PATH: process.env.PATH, HOME: "/nowhere", ...env },
  });
  const words = stdout.toString().slice("earlier one\n".length).split("\0");
  const commands: string[][] = [];
  while (words.length > 1) commands.push(words.splice(0, Number(words.shift())));
  return commands;
}

const AWKWARD = [
  ..."-'\"`$!\\~ #*?[]{}()<>|&;=%^@\t\n\r\u001b\u007f\u0085\u00a0\u2003\u2028\u202e\u200b\ufeff é€🎥a0",
  ...["!!", "!e", "$(id)", ["$", "{HOME}"].join(""), "$'", "\\'", "--", "-5 ", "~root", "a=b", "\u{e0041}"],
];
const text = fc.array(fc.constantFrom(...AWKWARD), { maxLength: 12 }).map((parts) => parts.join(""));
const FIXED = [
  "",
  "-",
  "--",
  "-5 streams of raid 7",
  "--yes",
  "~",
  "~/x",
  "=ls",
  "it's",
  "a\nb",
  "!!",
  "'",
  "\\",
  "\\n",
];
const HOSTILE = HOSTILE_TEXTS.map(({ name }) => name).filter((name) => !name.includes("\0"));
const WORDS = [...FIXED, ...HOSTILE, ...fc.sample(text, 1_500)];

describe.each(SHELLS)("a printed command, in %s", (_, flags, env) => {
  it("gives back every word", () => {
    const lines = WORDS.map((word) => `offair ${quoted(word)}`);
    expect(pasted(lines, flags, env)).toEqual(WORDS.map((word) => [word]));
  });

  it("shows everything that it does", () => {
    for (const word of WORDS) expect(quoted(word)).toMatch(/^(?! )(?:[^\p{C}\p{Z}]| )+$/u);
  });

  it("gives the command the operands and options that it was written with", async () => {
    const reasons = WORDS.filter((word) => word.trim() !== "" && !/[\u0000-\u001f\u007f-\u009f]/.test(word)).slice(
      0,
      400,
    );
    const lines: string[] = [];
    gateway.answer(() => planned(planOf({ reason: reasons[lines.length] ?? "" })));
    for (const _ of reasons) {
      const args = ["plan", "--enable", "--reason", "x", "push.example.com/live/room-1"];
      const { stdout } = await offair(args, { env: gateway.as("alice") });
      lines.push(stdout.trimEnd().split("\n").at(-1)?.trim() ?? "");
    }
    gateway.answer(() => progress({ state: "done", left: 0 }));
    const events = [];
    for (const args of pasted(lines, flags, env)) {
      expect(await offair([...args, "--no-watch"], { env: gateway.as("alice") })).toMatchObject({ code: 0 });
      events.push(gateway.received.at(-1)?.event);
    }
    const base = { action: "apply", orderId: ID, planSha256: SHA256 };
    expect(events).toEqual(reasons.map((reason) => ({ ...base, reason })));
  });

  it("keeps an operand that begins with a dash from being an option", () => {
    const lines = ["-x#1", "--yes", "a"].map((word) => commandText("explain", [word], { url: "-u", source: "s" }));
    expect(pasted(lines, flags, env)).toEqual([
      ["explain", "--url=-u", "--source", "s", "--", "-x#1"],
      ["explain", "--url=-u", "--source", "s", "--", "--yes"],
      ["explain", "a", "--url=-u", "--source", "s"],
    ]);
  });
});
