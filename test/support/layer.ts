/**
 * Holds a suite to its layer: a unit test opens no socket, and neither it nor an integration test starts a process. Node's own modules
 * are shared by all suites of a Jest worker, so what is replaced on them is remembered there, and put back for the next layer.
 */
import childProcess from "node:child_process";
import net from "node:net";
import { jest } from "@jest/globals";

declare const LAYER: "unit" | "integration" | "stack";

const ORIGINALS = Symbol.for("offair.layer");

function guard(holder: object, name: string, advice: string | undefined): void {
  const target = holder as Record<string, unknown> & { [ORIGINALS]?: Record<string, unknown> };
  target[ORIGINALS] ??= {};
  target[ORIGINALS][name] ??= target[name];
  const refuse = () => {
    throw new Error(`${name}() is not for the layer ${LAYER}: ${advice}`);
  };
  target[name] = advice === undefined ? target[ORIGINALS][name] : refuse;
}

const sockets = LAYER === "unit" ? "name the file *.integration.test.ts" : undefined;
guard(net.Server.prototype, "listen", sockets);
guard(net.Socket.prototype, "connect", sockets);
const processes = LAYER === "stack" ? undefined : "move the file into test/stack";
for (const name of ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"]) {
  guard(childProcess, name, processes);
}

// In CI two cores run whole stacks and browsers beside other tests: what fails is shown, and played once more.
if (LAYER === "stack" && process.env.CI) jest.retryTimes(1, { logErrorsBeforeRetry: true });
