/** A stage with more than one Huawei user of each pool, packaged as such: its secrets, its rotation, and what doctor says of it. */
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { createLedger } from "../../lib/aws/dynamodb/ledger.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { liveSecret, localKey, userNames, usersOf } from "../../local/demo/huawei-users.ts";
import { until } from "../../local/demo/scene.ts";
import { startWorld, type World, type WorldOptions } from "../../local/demo/world.ts";

const SIZES = { worker: 3, audit: 2 };
const DOMAIN = "push.example.com";
const USERS = usersOf(SIZES);
const WORKERS = userNames("worker", SIZES.worker);

let packaged: PackagedAlone;
let world: World;
beforeAll(async () => {
  packaged = await packageAlone({
    frameworkArgs: ["--param", `workerUsers=${SIZES.worker}`, "--param", `auditUsers=${SIZES.audit}`],
  });
});
afterAll(() => packaged?.remove());
afterEach(() => world?.close());

async function open(options: Partial<WorldOptions> = {}) {
  world = await startWorld({
    ...{ templatePath: packaged.templatePath, ports: { gateway: 0 }, seed: 7, recycleProbability: 0, users: SIZES },
    ...options,
  });
  if (!world.simulator) throw new Error("there is no simulator");
  return { stack: world.stack, simulator: world.simulator };
}

/** The checks of the users that are not ok, by name. */
async function problems(): Promise<Record<string, string | undefined>> {
  const asked = { action: "doctor", reason: "a test", requestedBy: "ana" };
  const { checks = [] } = (await world.stack.invoke("incident", asked)) as OperatorResponse;
  const ofUsers = checks.filter(({ name, state }) => /^(key |huawei-users)/.test(name) && state !== "ok");
  return Object.fromEntries(ofUsers.map(({ name, says }) => [name, says]));
}

it("rotates the key of each user by itself, with that user's own rights", async () => {
  const { stack, simulator } = await open({
    environment: {
      ...{ ROTATION_UNUSED_S: "0", ROTATION_KEEP_S: "0", ROTATION_EFFECTIVE_S: "0", ROTATION_ATTEMPT_S: "3" },
      ...{ SECRET_MAX_AGE_S: "1", LIVE_LOCK_S: "2" },
    },
  });
  const akIn = (user: string): string => JSON.parse(stack.secrets.read(liveSecret(user)) ?? "{}").ak;
  for (const user of ["worker-3", "audit-2"]) expect((await stack.rotateSecret(liveSecret(user))).failures).toEqual([]);
  expect(USERS.filter((user) => akIn(user) !== localKey(user).ak)).toEqual(["worker-3", "audit-2"]);
  expect(simulator.state().mostKeys).toMatchObject({ "worker-3": 2, "audit-2": 2 });

  const check = async () => {
    const { checks } = (await stack.runSchedule(new Date(), "rotate")) as { checks: { user: string; did: string }[] };
    return checks.map(({ user, did }) => `${user} ${did}`);
  };
  const only = (did: string) =>
    USERS.map((user) => `${user} ${["worker-3", "audit-2"].includes(user) ? did : "nothing"}`);
  expect(await check()).toEqual(only("disable"));
  expect(await check()).toEqual(only("delete"));
  const keysOf = (user: string) => simulator.state().settings.users.filter(({ name }) => name === user);
  expect(USERS.map((user) => keysOf(user).map(({ ak }) => ak))).toEqual(USERS.map((user) => [akIn(user)]));
});

it("is checked by doctor user by user: an empty secret has a name", async () => {
  await open({ secretsValues: { [liveSecret("audit-2")]: "{}" } });
  expect(await problems()).toEqual({
    ...Object.fromEntries(WORKERS.map((user) => [`key ${user}`, expect.stringContaining("was never used")])),
    "key audit-2": expect.stringContaining("audit-2 is not used"),
  });
});

it("acts with the keys of the users that have one, while another's secret is empty and a third's is wrong", async () => {
  const wrong = { ...localKey("worker-3"), sk: "a-wrong-key" };
  const { stack, simulator } = await open({
    secretsValues: { [liveSecret("worker")]: "{}", [liveSecret("worker-3")]: JSON.stringify(wrong) },
  });
  const ledger = createLedger(stack.clients.dynamo, stack.table);
  const streams = [1, 2, 3, 4].map((number) => ({ domain: DOMAIN, app: "live", stream: `room-${number}` }));
  const answer = await stack.invoke("incident", {
    ...{ id: randomUUID(), action: "disable", hours: 24, dryRun: false, streams },
    ...{ reason: "a test", requestedBy: "ana" },
  });
  expect(answer).toMatchObject({ errors: [] });
  await until("every order is verified", async () => {
    const orders = await Promise.all(streams.map((stream) => ledger.recentOrders(stream)));
    return orders.every(([order]) => order?.outcome === "verified") || undefined;
  });
  const ofWorkers = simulator.calls().filter(({ ak }) => ak?.startsWith("LOCALWORKER"));
  expect(new Set(ofWorkers.map(({ ak, status }) => `${ak} ${status}`))).toEqual(
    new Set([`${localKey("worker-2").ak} 204`, `${localKey("worker-2").ak} 200`, `${wrong.ak} 401`]),
  );
  expect(ofWorkers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(5);
  expect(await problems()).toEqual({
    "key worker": expect.stringContaining("was never used"),
    "key worker-3": expect.stringMatching(/^Live has refused the key of worker-3/),
  });
});
