/** The command, and files for it to work on. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll } from "@jest/globals";
import { main } from "../../cli/main.ts";
import type { CommandDeps } from "../../cli/terminal/command.ts";
import { FailedError } from "../../cli/terminal/errors.ts";
import { createOut } from "../../cli/terminal/output.ts";
import { publicKeyPem } from "../../lib/archive/signing-keys.ts";
import { keyOf, type Objects } from "../support/chain.ts";

const CLI = join(import.meta.dirname, "..", "..", "cli");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function runProcess(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const { ARCHIVE_BUCKET: _bucket, ...clean } = process.env;
  const child = spawn(command, args, {
    env: { ...clean, OFFAIR_LOCAL_FILE: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, stdout, stderr };
}

/** As a person runs it. */
export const offairProcess = (args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> =>
  runProcess(process.execPath, [join(CLI, "offair.ts"), ...args], env);

/** Its standard output goes into a file. */
export const offairInto = (file: string, args: readonly string[]): Promise<Ended> =>
  runProcess("sh", ["-c", `exec "$0" "$@" > '${file}'`, process.execPath, join(CLI, "offair.ts"), ...args]);

/** A line for bash, which can write any byte. */
export const offairInShell = (line: string): Promise<Ended> =>
  runProcess("bash", ["-c", line], { OFFAIR_NODE: process.execPath, OFFAIR_CLI: join(CLI, "offair.ts") });

/** As npm links it. */
export const offairByShim = (args: readonly string[]): Promise<Ended> => runProcess(join(CLI, "offair.mjs"), args);

export interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  /** Given to standard input. */
  readonly typed?: string;
  /** As if standard input and standard error were a terminal. */
  readonly onTerminal?: boolean;
  /** Standard output is a terminal with colours. */
  readonly coloured?: boolean;
  /** Standard input is a terminal, and nothing that is said goes there. */
  readonly unseen?: boolean;
  /** Runs exactly these arguments. Otherwise, a command that asks gets --yes where it cannot ask, as a script gives it. */
  readonly exactly?: boolean;
  /** Ctrl-C, from whenever it is aborted. */
  readonly interrupted?: AbortSignal;
  /** Nothing waits in a test. */
  readonly sleep?: CommandDeps["sleep"];
  readonly now?: () => Date;
  readonly random?: () => number;
  readonly newId?: () => string;
  readonly useLocalStack?: NonNullable<CommandDeps["useLocalStack"]>;
}

const ASKING = /^(disable|pause|enable|approve|apply|review (approve|reject)|undo)( |$)/;
const UNASKED = ["--yes", "--dry-run", "--resume", "--help"];

/** The arguments as a script gives them. */
export function asScript(args: readonly string[]): readonly string[] {
  const asks = ASKING.test(args.slice(0, 2).join(" ")) && (args[0] !== "undo" || args.includes("--apply"));
  const [name = "", ...rest] = args;
  return asks && !args.some((each) => UNASKED.includes(each)) ? [name, "--yes", ...rest] : args;
}

/** All of it but the process, which takes half a second to start. */
export async function offair(args: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  const {
    env = {},
    typed = "",
    onTerminal = false,
    coloured = false,
    unseen = false,
    now = () => new Date(),
  } = surroundings;
  const written = { stdout: "", stderr: "" };
  const into = (name: "stdout" | "stderr") =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[name] += chunk.toString();
        done();
      },
    });
  const stderr = Object.assign(into("stderr"), { isTTY: onTerminal });
  const stdout = Object.assign(into("stdout"), coloured && { isTTY: true, hasColors: () => true });
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const isAsked = surroundings.exactly || ((onTerminal || unseen) && !args.includes("--json"));
  const code = await main(isAsked ? args : asScript(args), {
    out: createOut({ stdout, stderr }, {}),
    env,
    input: Object.assign(Readable.from(typed === "" ? [] : [Buffer.from(typed)]), { isTTY: onTerminal || unseen }),
    now,
    sleep: surroundings.sleep ?? (async () => {}),
    random: surroundings.random ?? (() => 0),
    newId: surroundings.newId ?? randomUUID,
    build: async () => ({ version: "0.1.0", commit: "61893a1abcde" }),
    async credentials() {
      if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey };
      throw new FailedError("there are no AWS credentials");
    },
    interrupted: () => surroundings.interrupted ?? new AbortController().signal,
    ...(surroundings.useLocalStack && { useLocalStack: surroundings.useLocalStack }),
  });
  return { code, ...written };
}

export const jsonLines = ({ stdout }: Ended): Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

export interface Files {
  readonly dir: string;
  /** A path in it that nothing has. */
  path(ending?: string): string;
  folder(objects: Objects): string;
  /** The public key of a seed. */
  key(seed?: number): string;
}

/** Call once at the top of a test file. */
export function useFiles(): Files {
  const dir = mkdtempSync(join(tmpdir(), "offair-cli-test-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  let paths = 0;
  const path = (ending = ""): string => join(dir, `${++paths}${ending}`);
  function write(file: string, bytes: string | Uint8Array): string {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    return file;
  }
  return {
    dir,
    path,
    folder(objects) {
      const folder = path();
      for (const [name, bytes] of objects) write(join(folder, name), bytes);
      return folder;
    },
    key: (seed = 1) => write(path(".pem"), publicKeyPem(keyOf(seed))),
  };
}
