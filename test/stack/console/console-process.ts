/** `offair console` as a process, from the bundle that operators install. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { buildCommand } from "../../../build/command.ts";

export interface ConsoleProcess {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Everything that it has printed. */
  readonly output: () => string;
  /** @returns a link that opens one session. */
  newLink(): Promise<string>;
  stop(): Promise<void>;
}

export interface ConsoleProcesses {
  /** @param env - names the deployment and the operator. */
  start(env: NodeJS.ProcessEnv): Promise<ConsoleProcess>;
  close(): Promise<void>;
}

const LINK = /http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]+/g;

/** Builds the command in a folder of its own, because several test files run at the same time. */
export async function buildConsoles(): Promise<ConsoleProcesses> {
  const folder = mkdtempSync(join(tmpdir(), "offair-console-"));
  await buildCommand({ outdir: folder });
  const running = new Set<ConsoleProcess>();
  return {
    async start(env) {
      const child = spawn(process.execPath, [join(folder, "offair.mjs"), "console", "--no-open"], {
        cwd: folder,
        env: {
          PATH: "/usr/local/bin:/usr/bin:/bin",
          HOME: folder,
          AWS_EC2_METADATA_DISABLED: "true",
          AWS_REGION: "eu-central-1",
          OFFAIR_LOCAL_FILE: "",
          ...env,
        },
        stdio: ["pipe", "pipe", "pipe"],
      });
      const started = await attach(child);
      running.add(started);
      return started;
    },
    async close() {
      await Promise.all([...running].map((each) => each.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function attach(child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<ConsoleProcess> {
  let output = "";
  let read = (): void => {};
  let isOver = false;
  const closed = once(child, "close").then(() => {
    isOver = true;
    read();
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      read();
    });
  }
  let given = 0;
  const nextLink = (): Promise<string> =>
    new Promise((resolve, reject) => {
      read = () => {
        const link = output.match(LINK)?.[given];
        if (link !== undefined) {
          given += 1;
          resolve(link);
        } else if (isOver) reject(new Error(`offair console ended, and printed no link:\n${output}`));
      };
      read();
    });
  const first = await nextLink();
  let unused: string | undefined = first;
  return {
    origin: new URL(first).origin,
    output: () => output,
    async newLink() {
      const link = unused;
      unused = undefined;
      if (link !== undefined) return link;
      child.stdin.write("\n");
      return nextLink();
    },
    async stop() {
      child.kill("SIGKILL");
      await closed;
    },
  };
}
