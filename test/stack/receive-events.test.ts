/** A report, and what becomes of it, as strangers receive it: by a webhook with a secret, by one with the public key, and from the event bus. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { subscriberSecretOf } from "../../local/demo/subscriber.ts";
import { SOURCE, SOURCE_SECRET, startWorld, type World } from "../../local/demo/world.ts";
import type { Denial } from "../../local/iam/denial.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");
const PORTS = { example: 9_123, stranger: 9_124 };

let packaged: PackagedAlone;
let world: World;
const denied: Denial[] = [];
const children: ChildProcess[] = [];
beforeAll(async () => {
  packaged = await packageAlone();
  world = await startWorld({
    templatePath: packaged.templatePath,
    ports: { gateway: 0 },
    subscribers: {
      example: { url: `http://127.0.0.1:${PORTS.example}/`, signature: "v1" },
      stranger: { url: `http://127.0.0.1:${PORTS.stranger}/`, signature: "v1a" },
    },
  });
  world.stack.onDenied((denial) => denied.push(denial));
});
afterAll(async () => {
  for (const child of children) child.kill();
  await world?.close();
  packaged?.remove();
});

/** Starts an example. Returns a function with the lines that it has printed. */
function run(file: string, environment: Record<string, string>): { child: ChildProcess; lines: () => string[] } {
  const child = spawn(process.execPath, [join(EXAMPLES, file)], { env: { ...process.env, ...environment } });
  children.push(child);
  let printed = "";
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  return { child, lines: () => printed.split("\n").filter((line) => line.startsWith("{")) };
}

const setMode = (mode: string) =>
  world.stack.invoke("incident", {
    action: "mode",
    id: randomUUID(),
    mode,
    reason: "test",
    requestedBy: "test",
    dryRun: false,
  });

it("a stream that is paused is told to each of them, in the same order", async () => {
  const { gatewayUrl, eventBuses, eventBus } = world.stack;
  expect(await setMode("enforce")).toMatchObject({ ok: true });
  world.simulator?.addEncoders([{ domain: "publish.example.huawei.com", app: "live", stream: "room-1" }]); // of the example
  const withSecret = run("receive-events.mjs", {
    ...{ PORT: `${PORTS.example}`, OFFAIR_SECRET: subscriberSecretOf("example") },
  });
  const withKey = run("receive-events-v1a.mjs", {
    ...{ PORT: `${PORTS.stranger}`, OFFAIR_KEYS_URL: `${gatewayUrl}/events/keys` },
  });
  const sender = run("send-report.mjs", {
    ...{ OFFAIR_REPORTS_URL: `${gatewayUrl}/reports/${SOURCE}`, OFFAIR_SECRET: SOURCE_SECRET },
  });
  expect(await once(sender.child, "exit")).toEqual([0, null]);

  const onBus = () => eventBuses.received(eventBus).filter(({ detailType }) => /^(stream|report)\./.test(detailType));
  const ids = () => [...new Set(onBus().map(({ detail }) => (detail as { id: string }).id))];
  const idsOf = (lines: readonly string[]): string[] =>
    lines
      .map((line) => JSON.parse(line))
      .filter(({ type }) => /^(stream|report)\./.test(type))
      .map(({ id }) => id);
  // The pause, and the report's decision and end: each of the three gets them by itself.
  const isDone = () => [ids(), idsOf(withSecret.lines()), idsOf(withKey.lines())].every(({ length }) => length >= 3);
  for (let tries = 0; tries < 300 && !isDone(); tries++) {
    if (tries % 100 === 50) await world.stack.runSchedule(new Date(), "notify"); // what was not woken is swept
    await sleep(100);
  }
  expect(onBus().map(({ detailType }) => detailType)).toContain("stream.paused");
  expect(idsOf(withSecret.lines())).toEqual(ids());
  expect(idsOf(withKey.lines())).toEqual(ids());
  expect(denied).toEqual([]);
});
