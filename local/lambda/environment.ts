/**
 * One execution environment: a child process that runs the bundle, and the Runtime API that gives it one invocation at a time.
 * The process is stopped between invocations, because Lambda freezes the sandbox: no timer fires, no socket is read.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { exited, FunctionError, functionFaultSchema, timedOut } from "./function-error.ts";
import type { Reaper } from "./reaper.ts";
import { type FunctionSettings, type LogLine, runtimeEnvironment } from "./settings.ts";

const BOOTSTRAP = fileURLToPath(new URL("./bootstrap.mjs", import.meta.url));
const INIT_LIMIT_SECONDS = 10;

export interface EnvironmentOptions {
  readonly reaper: Reaper;
  readonly freeze: boolean;
  readonly onLog: (line: LogLine) => void;
}

export interface Environment {
  /** Resolves when the module is loaded. Rejects with a `FunctionError` if loading fails, which also ends the environment. */
  readonly initialized: Promise<void>;
  /** Resolves when the process has ended, for any reason. */
  readonly ended: Promise<void>;
  /**
   * Runs one invocation; only one at a time. Resolves with the response's JSON, rejects with a `FunctionError`.
   *
   * @param trace - X-Ray header, which the runtime puts into the environment variable `_X_AMZN_TRACE_ID`.
   */
  invoke(requestId: string, payload: string, trace: string): Promise<string>;
  /** Resolves with `true` when the environment has requested its next invocation and is frozen, with `false` when it has ended. */
  rest(): Promise<boolean>;
  kill(): Promise<void>;
}

export function createEnvironment(
  settings: FunctionSettings,
  { reaper, freeze, onLog }: EnvironmentOptions,
): Environment {
  const initialized = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  initialized.promise.catch(() => {}); // callers that await it see the rejection; without one it must not be unhandled
  let child: ChildProcess | undefined;
  let isOver = false;
  let current: { requestId: string; done: (body: string) => void; fail: (error: FunctionError) => void } | undefined;
  let asking: ServerResponse | undefined; // the open GET …/next of an idle environment
  let resting = Promise.withResolvers<boolean>();

  function answerNext(response: ServerResponse) {
    asking = response;
    if (freeze) child?.kill("SIGSTOP");
    initialized.resolve();
    resting.resolve(true);
  }

  function settle(kind: string, body: string) {
    const waiting = current;
    const error = kind === "error" && new FunctionError(functionFaultSchema.parse(JSON.parse(body)));
    current = undefined;
    if (error) waiting?.fail(error);
    else waiting?.done(body);
  }

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const path = request.url?.replace("/2018-06-01/runtime/", "") ?? "";
    if (request.method === "GET" && path === "invocation/next") return answerNext(response);
    const body = Buffer.concat(await request.toArray()).toString();
    const [, requestId, kind] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (path === "init/error") initialized.reject(new FunctionError(functionFaultSchema.parse(JSON.parse(body))));
    else if (kind && requestId === current?.requestId) settle(kind, body);
    else return void response.writeHead(400).end(JSON.stringify({ errorType: "InvalidRequestID", errorMessage: path }));
    response.writeHead(202).end('{"status":"OK"}');
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy()); // the process died during a call
  });
  server.keepAliveTimeout = 0; // a frozen process cannot notice that its connection was closed

  function over(code: number | null, signal: NodeJS.Signals | null) {
    isOver = true;
    if (child?.pid) reaper.forget(child.pid);
    server.close();
    server.closeAllConnections();
    const fault = exited(current?.requestId ?? "-", code, signal);
    if (current) {
      logFault(current.requestId, fault);
      current.fail(fault);
    }
    current = undefined;
    initialized.reject(fault);
    resting.resolve(false);
    ended.resolve();
  }

  function log(line: string) {
    const record = parseRecord(line);
    const requestId = typeof record?.requestId === "string" ? record.requestId : current?.requestId;
    onLog({ functionName: settings.name, requestId, line, record });
  }

  /** Writes a fault of the sandbox to the function's log. */
  function logFault(requestId: string, { fault }: FunctionError) {
    onLog({ functionName: settings.name, requestId, line: fault.errorMessage, record: undefined });
  }

  async function start() {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    if (isOver) return over(null, "SIGKILL");
    const runtimeApi = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const started = spawn(
      process.execPath,
      [`--max-old-space-size=${Math.floor(settings.memoryMb * 0.9)}`, BOOTSTRAP],
      {
        cwd: settings.taskRoot,
        detached: true, // Ctrl-C must reach the stack only, which ends its environments in order
        stdio: ["ignore", "pipe", "pipe"],
        env: runtimeEnvironment(settings, runtimeApi, randomUUID()),
      },
    );
    child = started;
    if (started.pid) reaper.watch(started.pid);
    started.on("exit", over);
    started.on("error", () => over(1, null)); // spawning failed
    for (const output of [started.stdout, started.stderr]) createInterface({ input: output }).on("line", log);
    const limit = setTimeout(() => {
      initialized.reject(timedOut("-", INIT_LIMIT_SECONDS));
      started.kill("SIGKILL");
    }, INIT_LIMIT_SECONDS * 1000);
    await initialized.promise.catch(() => {}).finally(() => clearTimeout(limit));
  }

  function kill(): Promise<void> {
    isOver = true;
    child?.kill("SIGKILL"); // also ends a stopped process
    return ended.promise;
  }

  async function invoke(requestId: string, payload: string, trace: string): Promise<string> {
    const response = asking;
    if (isOver || !response) throw exited(requestId, null, "SIGKILL");
    asking = undefined;
    resting = Promise.withResolvers();
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    current = { requestId, done: resolve, fail: reject };
    if (freeze) child?.kill("SIGCONT");
    const timeoutMs = settings.timeoutSeconds * 1000;
    const limit = setTimeout(() => {
      const fault = timedOut(requestId, settings.timeoutSeconds);
      logFault(requestId, fault);
      reject(fault);
      current = undefined;
      void kill();
    }, timeoutMs);
    // The invocation lasts until the runtime requests the next one, not only until its response.
    void resting.promise.then(() => clearTimeout(limit));
    response.writeHead(200, {
      "Content-Type": "application/json",
      "Lambda-Runtime-Aws-Request-Id": requestId,
      "Lambda-Runtime-Deadline-Ms": String(Date.now() + timeoutMs),
      "Lambda-Runtime-Invoked-Function-Arn": settings.arn,
      "Lambda-Runtime-Trace-Id": trace,
    });
    response.end(payload);
    return promise;
  }

  void start();
  return { initialized: initialized.promise, ended: ended.promise, invoke, rest: () => resting.promise, kill };
}

/** Parses a log line. Returns undefined unless it is a JSON object. */
function parseRecord(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
