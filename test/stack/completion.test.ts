/** Completes in real shells: bash, zsh and fish, each in a terminal. A shell that this machine lacks is left out, except bash. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { EVERY } from "../../cli/main.ts";
import { offair, useFiles } from "../cli/offair.ts";

const files = useFiles();
const has = (shell: string): boolean => spawnSync(shell, ["-c", "exit 0"]).status === 0;
const inShell = (shell: string) => (shell === "bash" || has(shell) ? it : it.skip);

const scripts = { bash: files.path(".bash"), zsh: files.path(".zsh"), fish: files.path(".fish") };
beforeAll(async () => {
  for (const [shell, file] of Object.entries(scripts)) {
    const { code, stdout } = await offair(["completion", shell]);
    expect(code).toBe(0);
    writeFileSync(file, stdout);
  }
  writeFileSync(`${files.dir}/evidence file.tar`, "");
});

/** What bash has to choose from at the end of the line. */
function inBash(line: string): string[] {
  const words = line.replace(/=/g, " = ").split(/ +/);
  const program = `source ${scripts.bash}; cd ${files.dir}; COMP_WORDS=("\${@}"); COMP_CWORD=$(($# - 1)); _offair; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines(execFileSync("bash", ["--norc", "-c", program, "bash", ...words], { encoding: "utf8" }));
}

function inFish(line: string): string[] {
  const program = `source ${scripts.fish}; cd ${files.dir}; complete -C $argv[1]`;
  return lines(execFileSync("fish", ["--no-config", "-c", program, line], { encoding: "utf8" })).map(
    (each) => each.split("\t")[0] ?? "",
  );
}

const lines = (text: string): string[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .sort();

const commands = EVERY.map(({ name }) => name);

describe.each([
  ["bash", inBash],
  ["fish", inFish],
] as const)("%s", (shell, complete) => {
  inShell(shell).each<[string, string[]]>([
    ["offair app", ["apply", "approve"]],
    ["offair mode ", ["enforce", "freeze", "observe", "unfreeze"]],
    ["offair mode en", ["enforce"]],
    ["offair mode freeze ", []],
    ["offair completion ", ["bash", "fish", "zsh"]],
    ["offair redrive --queue ", ["bulk", "urgent"]],
    ["offair redrive --queue u", ["urgent"]],
    ["offair explain --category h", ["harassment", "hate"]],
    ["offair cancel --rea", ["--reason"]],
    ["offair cancel --reason ", []],
    ["offair help histo", ["history"]],
    ["offair nonsense ", []],
  ])("completes %s", (line, expected) => {
    expect(complete(line)).toEqual(expected);
  });

  inShell(shell)("knows every command, and every option of each", () => {
    expect(complete("offair ")).toEqual(expect.arrayContaining([...commands]));
    for (const { name, options } of EVERY) {
      expect(complete(`offair ${name} --`)).toEqual(
        expect.arrayContaining(Object.keys(options).map((each) => `--${each}`)),
      );
    }
  });

  inShell(shell)("completes files where a file is wanted", () => {
    expect(complete("offair verify evi").map((name) => name.replaceAll("\\", ""))).toEqual(["evidence file.tar"]);
    expect(complete("offair history 2026-03-14 --bundle evi")).toHaveLength(1);
    expect(complete("offair list evi")).toEqual([]);
  });
});

it("bash completes a value behind an equals sign", () => {
  expect(inBash("offair redrive --queue=")).toEqual(["bulk", "urgent"]);
  expect(inBash("offair redrive --queue=b")).toEqual(["bulk"]);
  expect(inBash("offair redrive --queue=urgent --dry")).toEqual(["--dry-run"]);
});

/** Types a line and the tab key into an interactive shell. @returns once the screen shows what is expected. */
async function typeInto(command: string, setup: string, line: string, expected: string): Promise<void> {
  const { NO_COLOR: _plain, ...env } = process.env;
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    env: { ...env, TERM: "dumb", HOME: files.dir },
    stdio: ["pipe", "pipe", "ignore"],
    timeout: 30_000, // an interactive shell waits for ever for what never comes
  });
  let screen = "";
  let isTyped = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    if (!isTyped && screen.includes("is-set-up")) {
      isTyped = true;
      screen = "";
      child.stdin.write(`${line}\t`);
    } else if (isTyped && screen.includes(expected)) child.kill();
  });
  child.stdin.write(`${setup}; echo is-set''-up\n`);
  await once(child, "close");
  expect(screen).toContain(expected);
}

describe("the tab key", () => {
  inShell("bash").each([
    ["offair appl", "offair apply "],
    ["offair mode enf", "enforce "],
    ["offair cancel --rea", "--reason "],
  ])("completes %s in bash", async (line, expected) => {
    await typeInto("bash --norc -i", `source ${scripts.bash}`, line, expected);
  });

  inShell("zsh").each([
    ["offair appl", "apply "],
    ["offair mode enf", "enforce"],
    ["offair cancel --rea", "--reason"],
    ["offair redrive --queue=ur", "urgent"],
  ])("completes %s in zsh", async (line, expected) => {
    await typeInto("zsh -f -i", `autoload -Uz compinit; compinit -u -D; source ${scripts.zsh}`, line, expected);
  });
});
