/** Rotates the access keys of both Huawei users with the packaged function, against the simulated IAM and Live. */
import { afterAll, afterEach, beforeAll, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { incident, openScene } from "../../local/demo/scene.ts";
import { AUDIT, AUDIT_SECRET, startWorld, WORKER, WORKER_SECRET, type World } from "../../local/demo/world.ts";
import type { SettingsChange } from "../../local/live/simulator-types.ts";

let packaged: PackagedAlone;
let world: World;
beforeAll(async () => {
  packaged = await packageAlone();
});
afterAll(() => packaged?.remove());
afterEach(() => world?.close());

/** The waits of a rotation, shortened from hours to nothing or a second. */
const QUICK = {
  ...{ ROTATION_UNUSED_S: "0", ROTATION_KEEP_S: "0", ROTATION_EFFECTIVE_S: "0", ROTATION_ATTEMPT_S: "3" },
  ...{ SECRET_MAX_AGE_S: "1", LIVE_LOCK_S: "2" },
};

async function open(live: SettingsChange = {}, onRequest: () => undefined = () => undefined) {
  world = await startWorld({
    ...{ templatePath: packaged.templatePath, ports: { gateway: 0 }, seed: 7, recycleProbability: 0 },
    ...{ environment: QUICK, live },
    interfere: (service) => (service === "dynamodb" ? onRequest() : undefined),
  });
  if (!world.simulator) throw new Error("there is no simulator");
  return { stack: world.stack, simulator: world.simulator };
}

const keysOf = (name: string) =>
  world.simulator
    ?.state()
    .settings.users.filter((user) => user.name === name)
    .map(({ ak, status }) => ({ ak, status }));
const akIn = (secret: string): string => JSON.parse(world.stack.secrets.read(secret) ?? "{}").ak;

/** Runs hourly checks until one has nothing left to do. */
async function retire(): Promise<string[]> {
  const did: string[] = [];
  for (let check = 0; check < 8; check += 1) {
    const { checks } = (await world.stack.runSchedule(new Date(), "rotate")) as { checks: { did: string }[] };
    did.push(checks.map((each) => each.did).join(" "));
    if (checks.every((each) => each.did === "nothing")) break;
  }
  return did;
}

it("replaces each user's key by its own, and deletes the old ones, while the functions go on working", async () => {
  const { stack, simulator } = await open();
  for (const secret of [WORKER_SECRET, AUDIT_SECRET]) expect((await stack.rotateSecret(secret)).failures).toEqual([]);
  expect(keysOf("worker")).toHaveLength(2);
  expect(akIn(WORKER_SECRET)).not.toBe(WORKER.ak);
  expect(await stack.runSchedule()).toBeDefined();
  expect(await retire()).toEqual(["disable disable", "delete delete", "nothing nothing"]);
  expect(keysOf("worker")).toEqual([{ ak: akIn(WORKER_SECRET), status: "active" }]);
  expect(keysOf("audit")).toEqual([{ ak: akIn(AUDIT_SECRET), status: "active" }]);
  expect(keysOf("audit")).not.toEqual([{ ak: AUDIT.ak, status: "active" }]);
  expect(simulator.state().mostKeys).toEqual({ worker: 2, audit: 2 });
  const scene = openScene(world, simulator, { domain: "publish.example.huawei.com", app: "live", stream: "huawei" });
  expect(await incident(scene, { action: "list", reason: "a test", requestedBy: "ana" })).toMatchObject({ ok: true });
});

it("deletes a key whose secret key was lost with Huawei's answer, and creates another", async () => {
  const { stack, simulator } = await open();
  simulator.addFault({
    kind: "drop-after-commit",
    match: { method: "POST", path: "/v5/users/worker/access-keys" },
    times: 1,
  });
  const { failures } = await stack.rotateSecret(WORKER_SECRET, { pauseMs: 100 });
  expect(failures).toHaveLength(1);
  expect(failures[0]).toContain("the connection was lost");
  await retire();
  expect(keysOf("worker")).toEqual([{ ak: akIn(WORKER_SECRET), status: "active" }]);
  expect(simulator.state().mostKeys.worker).toBe(2);
});

it("waits for a new key that Live refuses by its signature at first, and does not lock it", async () => {
  const { stack, simulator } = await open({ iam: { newKeyDelayMs: 4_000, newKeyRefusal: "signature" } });
  await stack.rotateSecret(WORKER_SECRET, { pauseMs: 100 });
  const refused = simulator.calls().filter(({ status, ak }) => status === 401 && ak === akIn(WORKER_SECRET));
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThanOrEqual(3);
  expect(simulator.state().keys.filter(({ lockedUntil }) => lockedUntil !== null)).toEqual([]);
});

it("is resumed where it was, after the function was killed at many of its calls", async () => {
  // every call to Huawei has requests to the ledger before and after it, and each step has its own
  const killAt = new Set([2, 5, 9, 14, 20, 27, 35, 44]);
  let requests = 0;
  let killed = 0;
  const { stack, simulator } = await open({}, () => {
    requests += 1;
    if (killAt.has(requests)) void world.stack.kill("rotate").then((count) => (killed += count));
    return undefined;
  });
  requests = 0;
  const { failures } = await stack.rotateSecret(WORKER_SECRET, { pauseMs: 50, retries: 60 });
  expect(failures.length).toBeGreaterThanOrEqual(5);
  expect(killed).toBeGreaterThanOrEqual(5);
  killAt.clear();
  await retire();
  expect(keysOf("worker")).toEqual([{ ak: akIn(WORKER_SECRET), status: "active" }]);
  expect(akIn(WORKER_SECRET)).not.toBe(WORKER.ak);
  expect(simulator.state().mostKeys.worker).toBe(2);
});

it("never touches a second key that a person created, and reports it", async () => {
  const { stack, simulator } = await open();
  const { users } = {
    users: [
      { ...WORKER, name: "worker", actions: ["*"] },
      { name: "worker", ak: "AKOFAPERSON", sk: "sk", actions: ["*"] },
    ],
  };
  simulator.changeSettings({ users });
  await expect(stack.rotateSecret(WORKER_SECRET, { retries: 1, pauseMs: 10 })).rejects.toThrow(
    /no rotation created it/,
  );
  expect(keysOf("worker")?.map(({ ak }) => ak)).toEqual([WORKER.ak, "AKOFAPERSON"]);
});
