/** The client of IAM's access keys against the simulated IAM, which shares its keys with the simulated Live. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { connectPairs } from "../../../lib/huawei/connect-pairs.ts";
import { startSimulator } from "../../../local/live/simulator.ts";
import type { SettingsChange, Simulator } from "../../../local/live/simulator-types.ts";
import { memoryGateStore } from "../../support/gate.ts";
import { liveSettings } from "../../support/live-settings.ts";

const DOMAIN = "publish.example.huawei.com";
const ACCOUNT = "fedcba9876543210fedcba9876543210";
const KEYS = ["create", "list", "update", "delete"].map(
  (verb) => `iam:credentials:${verb}Credential${verb === "list" ? "s" : ""}V5`,
);
const actions = ["live:stream:listStreamForbidden", ...KEYS, "iam:credentials:showAccessKeyLastUsedV5"];
const first = { ak: "AKFIRST", sk: "sk-of-the-first" };
const other = { ak: "AKOTHER", sk: "sk-of-the-other" };

let live: Simulator;
let nowMs: number;
const now = () => new Date(nowMs);
const sleep = async (ms: number) => {
  nowMs += ms;
};

async function start(options: SettingsChange = {}): Promise<void> {
  live = await startSimulator({
    ...{ now, ingestDomains: [DOMAIN], ...options },
    users: [
      { name: "worker", ...first, actions },
      { name: "audit", ...other, actions },
    ],
  });
}
beforeEach(() => {
  nowMs = Date.parse("2026-11-30T12:00:00Z");
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await live.close();
});

/** The clients of a pair, in an environment of their own. */
function using(pair: { ak: string; sk: string }, userId = "worker", accountId = ACCOUNT) {
  const connect = connectPairs(
    {
      ...liveSettings({ HUAWEI_PROJECT_ID: live.state().settings.projectId, LIVE_ENDPOINT: live.url }),
      ...{ IAM_ENDPOINT: live.url, LIVE_TIMEOUT_MS: 2_000, LIVE_QUOTA_SHARE: 1 },
    },
    { user: "worker", store: memoryGateStore(), now, sleep, random: () => 0, newId: randomUUID },
  );
  return connect({ ...pair, userId, accountId }, pair.ak);
}

describe("a user's keys", () => {
  it("are listed, created, disabled and deleted with a key of that user, and a new key works at Live", async () => {
    await start();
    const { keys } = using(first);
    const made = await keys.create();
    expect(await keys.list()).toEqual([
      { ak: first.ak, isActive: true, createdAt: expect.any(Date) },
      { ak: made.ak, isActive: true, createdAt: now() },
    ]);
    await using(made).look(DOMAIN);
    await using(made).keys.disable(first.ak);
    await expect(using(first).look(DOMAIN)).rejects.toMatchObject({ code: "ERR_LIVE_SIGNATURE" });
    await using(made).keys.remove(first.ak);
    expect((await using(made).keys.list()).map(({ ak }) => ak)).toEqual([made.ak]);
  });

  it("are two at most", async () => {
    await start();
    await using(first).keys.create();
    await expect(using(first).keys.create()).rejects.toMatchObject({ code: "ERR_LIVE_REJECTED" });
    expect(live.state().mostKeys).toMatchObject({ worker: 2 });
  });

  it("are out of another user's reach, and of a wrong account's", async () => {
    await start();
    for (const { keys } of [using(other, "worker"), using(first, "audit"), using(first, "worker", "another")]) {
      const calls = [keys.list(), keys.create(), keys.disable(first.ak), keys.remove(other.ak)];
      const refused = { details: { status: 403, liveCode: "PAP5.0001" } };
      await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject(refused)));
    }
    expect(live.state().settings.users).toHaveLength(2);
  });

  it("that are gone count as deleted", async () => {
    await start();
    await expect(using(first).keys.remove("AKGONE")).resolves.toBeUndefined();
  });
});

describe("the last use of a key", () => {
  it("is the first of several within 15 minutes, and none of a key that was never used", async () => {
    await start();
    const { keys } = using(first);
    const made = await keys.create();
    expect(await keys.lastUsed(made.ak)).toBeUndefined();
    const usedAt = now();
    await using(made).look(DOMAIN);
    nowMs += 14 * 60_000;
    await using(made).look(DOMAIN);
    expect(await keys.lastUsed(made.ak)).toEqual(usedAt);
    nowMs += 2 * 60_000;
    await using(made).look(DOMAIN);
    expect(await keys.lastUsed(made.ak)).toEqual(now());
  });
});

describe("Huawei's delays", () => {
  it.each([
    ["unknown", 0],
    ["signature", 1],
  ] as const)(
    "a new key that is refused as %s for a while counts %d towards its lock",
    async (newKeyRefusal, failures) => {
      await start({ iam: { newKeyDelayMs: 5_000, newKeyRefusal } });
      const made = await using(first).keys.create();
      await expect(using(made).look(DOMAIN)).rejects.toMatchObject({ code: "ERR_LIVE_SIGNATURE" });
      expect(live.state().keys.find(({ ak }) => ak === made.ak)?.failures ?? 0).toBe(failures);
      nowMs += 5_000;
      await using(made).look(DOMAIN);
    },
  );

  it("a list that is late lacks a new key", async () => {
    await start({ iam: { listDelayMs: 5_000 } });
    const { keys } = using(first);
    const made = await keys.create();
    expect((await keys.list()).map(({ ak }) => ak)).toEqual([first.ak]);
    nowMs += 5_000;
    expect((await keys.list()).map(({ ak }) => ak)).toEqual([first.ak, made.ak]);
  });
});

it("a key whose answer was lost may exist: its creation is not repeated", async () => {
  await start();
  live.addFault({ kind: "drop-after-commit", match: { method: "POST" }, times: 1 });
  await expect(using(first).keys.create()).rejects.toMatchObject({ code: "ERR_LIVE_UNKNOWN" });
  expect(live.calls().filter(({ method }) => method === "POST")).toHaveLength(1);
});

it("the log of its calls, and their errors, have no access key id and no user id", async () => {
  await start();
  const { keys } = using(first);
  const made = await keys.create();
  await keys.lastUsed(made.ak);
  await keys.disable(made.ak);
  live.addFault({ kind: "status", status: 403, match: { method: "DELETE" }, times: 1 });
  const failure = await keys.remove(made.ak).then(String, ({ message }: Error) => message);
  await keys.remove(made.ak);
  const lines = jest.mocked(console.info).mock.calls.map(([line]) => line as { event: string; path: string });
  expect(lines.filter(({ event }) => event === "live.called").map(({ path }) => path)).toEqual([
    "/users/{user_id}/access-keys",
    "/users/{user_id}/access-keys/{access_key_id}/last-used",
    ...Array.from({ length: 3 }, () => "/users/{user_id}/access-keys/{access_key_id}"),
  ]);
  expect(failure).toContain("/access-keys/{access_key_id}");
  expect(JSON.stringify(lines) + failure).not.toMatch(new RegExp(`${made.ak}|${first.ak}|users/worker`));
});
