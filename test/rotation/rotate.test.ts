import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import { createRotationWorld, FIRST, retire, rotateWithRetries, STEPS } from "../support/rotation-world.ts";
import { runs } from "../support/runs.ts";

beforeAll(() => {
  for (const level of ["info", "warn", "error"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterAll(() => void jest.restoreAllMocks());

const TOKEN = "token-1";
const only = (ak: string) => [{ ak, isActive: true }];

describe("a rotation", () => {
  it("creates a key, proves it, makes it current, and keeps the old one until nothing uses it", async () => {
    const world = createRotationWorld();
    expect(await rotateWithRetries(world, TOKEN)).toEqual([]);
    expect(world.currentAk()).toBe("AKNEW1");
    expect(world.keys()).toEqual([...only(FIRST), ...only("AKNEW1")]);
    const did = await retire(world);
    expect(did.filter((each) => each !== "wait" && each !== "nothing")).toEqual(["disable", "delete"]);
    expect(world.keys()).toEqual(only("AKNEW1"));
    expect(world.broken).toEqual([]);
  });

  it("can follow another, also before the old key of that one is deleted, and never after the old key is used again", async () => {
    const world = createRotationWorld();
    await rotateWithRetries(world, TOKEN);
    await retire(world, 3);
    expect(world.keys()).toEqual([{ ak: FIRST, isActive: false }, ...only("AKNEW1")]);
    await rotateWithRetries(world, "token-2");
    expect(world.currentAk()).toBe("AKNEW2");
    expect(world.keys().map(({ ak }) => ak)).toEqual(["AKNEW1", "AKNEW2"]);
    expect(world.broken).toEqual([]);
  });

  it("does not begin while the old key of the last one is active", async () => {
    const world = createRotationWorld();
    await rotateWithRetries(world, TOKEN);
    world.begin("token-2");
    await expect(world.step("createSecret", "token-2")).rejects.toMatchObject({
      code: "ERR_ROTATION",
      message: expect.stringContaining("still active"),
    });
    expect(world.keys()).toHaveLength(2);
  });

  it.each(STEPS)("refuses %s of a version that is not pending", async (step) => {
    const world = createRotationWorld();
    await rotateWithRetries(world, TOKEN);
    await expect(world.step(step, "token-0")).rejects.toMatchObject({ code: "ERR_ROTATION" });
  });

  it("tests the current key, when Secrets Manager only tests that a rotation is configured", async () => {
    const world = createRotationWorld();
    world.begin(TOKEN);
    await world.step("testSecret", TOKEN);
    expect(world.keys()).toEqual(only(FIRST));
    await world.step("createSecret", TOKEN);
    await expect(world.step("finishSecret", TOKEN)).rejects.toMatchObject({ code: "ERR_ROTATION" });
  });

  it("makes no key current that Live has not accepted", async () => {
    const world = createRotationWorld();
    world.begin(TOKEN);
    await world.step("createSecret", TOKEN);
    await expect(world.step("finishSecret", TOKEN)).rejects.toMatchObject({ code: "ERR_ROTATION" });
    expect(world.currentAk()).toBe(FIRST);
  });

  it("never touches a second key that a person created", async () => {
    const world = createRotationWorld();
    world.addKey("AKPERSON");
    world.begin(TOKEN);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(world.step("createSecret", TOKEN)).rejects.toMatchObject({ code: "ERR_ROTATION" });
      world.pass(5 * MINUTE_MS);
    }
    await world.check();
    expect(world.keys()).toEqual([...only(FIRST), ...only("AKPERSON")]);
  });

  it("replaces the key of a rotation that was cancelled", async () => {
    const world = createRotationWorld();
    world.begin(TOKEN);
    await world.step("createSecret", TOKEN);
    world.cancel();
    world.pass(2 * MINUTE_MS);
    expect(await rotateWithRetries(world, "token-2")).toEqual([]);
    expect(world.keys().map(({ ak }) => ak)).toEqual([FIRST, "AKNEW2"]);
    expect(world.currentAk()).toBe("AKNEW2");
  });

  it("waits for a new key that is refused at first, at most every five minutes, and so never locks it", async () => {
    const world = createRotationWorld({ newKeyDelayMs: 8 * MINUTE_MS });
    expect(await rotateWithRetries(world, TOKEN)).toEqual([]);
    expect(world.refusedAt).toHaveLength(2);
    const [first = 0, second = 0] = world.refusedAt;
    expect(second - first).toBeGreaterThan(5 * MINUTE_MS);
    expect(world.currentAk()).toBe("AKNEW1");
    expect(world.broken).toEqual([]);
  });

  it("leaves the old key current when Live never accepts the new one, and says that it is late", async () => {
    const world = createRotationWorld({ newKeyDelayMs: 1_000 * 60 * MINUTE_MS });
    await expect(rotateWithRetries(world, TOKEN)).rejects.toThrow("did not end");
    await retire(world, 25);
    expect(world.currentAk()).toBe(FIRST);
    expect(world.keys()).toEqual([...only(FIRST), ...only("AKNEW1")]);
    expect(await world.check()).toMatchObject({ did: "wait", late: "a rotation has not been finished" });
    expect(world.broken).toEqual([]);
  });

  it("run twice at once creates one key more, and two at most", async () => {
    const world = createRotationWorld();
    world.begin(TOKEN);
    const both = await Promise.allSettled([world.step("createSecret", TOKEN), world.step("createSecret", TOKEN)]);
    expect(both.map(({ status }) => status)).toContain("fulfilled");
    expect(world.keys()).toHaveLength(2);
    expect(await rotateWithRetries(world, TOKEN)).toEqual([]);
    expect(world.currentAk()).toBe("AKNEW1");
    expect(world.broken).toEqual([]);
  });

  it("does not disable an old key that something else still uses, and says that it is late", async () => {
    const world = createRotationWorld();
    await rotateWithRetries(world, TOKEN);
    for (let hour = 0; hour < 8 * 24; hour += 1) {
      world.pass(60 * MINUTE_MS);
      world.use(FIRST);
      await world.check();
    }
    expect(world.keys()).toEqual([...only(FIRST), ...only("AKNEW1")]);
    expect(await world.check()).toMatchObject({ did: "wait", late: "the old key of a rotation is not deleted" });
  });

  it("keeps what else the secret has", async () => {
    const world = createRotationWorld();
    await rotateWithRetries(world, TOKEN);
    expect(world.record()?.rotation).toMatchObject({ token: TOKEN, oldKey: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(JSON.stringify(world.record())).not.toContain(FIRST);
  });
});

describe("a person who takes a hand in a rotation", () => {
  it("sets the secret back to the old key: it is never disabled, and no retry makes the new one current again", async () => {
    const world = createRotationWorld();
    await rotateWithRetries(world, TOKEN);
    world.setBack();
    world.pass(2 * MINUTE_MS);
    for (let hour = 0; hour < 30; hour += 1) {
      world.pass(60 * MINUTE_MS);
      expect(await world.check()).toMatchObject({ did: "wait" });
    }
    await expect(world.step("createSecret", TOKEN)).rejects.toMatchObject({
      code: "ERR_ROTATION",
      message: expect.stringContaining("has the old key again"),
    });
    expect(world.currentAk()).toBe(FIRST);
    expect(world.broken).toEqual([]);
    // as the message says
    world.cancel();
    world.deleteKey("AKNEW1");
    world.pass(2 * MINUTE_MS);
    expect(await rotateWithRetries(world, "token-2")).toEqual([]);
    expect(world.currentAk()).toBe("AKNEW2");
    await retire(world, 60);
    expect(world.keys()).toEqual(only("AKNEW2"));
    expect(world.broken).toEqual([]);
  });

  it("sets the secret back while a check is about to disable the old key: the key stays", async () => {
    let isSetBack = false;
    const world = createRotationWorld({
      meanwhile() {
        if (isSetBack) world.setBack();
        isSetBack = false;
      },
    });
    await rotateWithRetries(world, TOKEN);
    world.pass(90 * MINUTE_MS);
    isSetBack = true;
    await expect(world.check()).rejects.toMatchObject({ code: "ERR_SECRET" });
    expect(world.currentAk()).toBe(FIRST);
    expect(world.broken).toEqual([]);
  });

  it("stores another pair before the new key is promoted: the person's pair stays, and the key before it is not touched", async () => {
    const world = createRotationWorld();
    world.begin(TOKEN);
    for (const step of STEPS.slice(0, 3)) await world.step(step, TOKEN);
    world.deleteKey("AKNEW1");
    world.addKey("AKPERSON");
    world.storeByHand("AKPERSON");
    await expect(world.step("finishSecret", TOKEN)).rejects.toMatchObject({
      code: "ERR_ROTATION",
      message: expect.stringContaining("stored another pair"),
    });
    expect(world.currentAk()).toBe("AKPERSON");
    await retire(world, 60);
    expect(world.keys()).toEqual([...only(FIRST), ...only("AKPERSON")]);
    world.cancel();
    world.begin("token-2");
    await expect(world.step("createSecret", "token-2")).rejects.toMatchObject({ code: "ERR_ROTATION" });
    world.deleteKey(FIRST);
    expect(await world.check()).toMatchObject({ late: undefined });
    expect(await rotateWithRetries(world, "token-2")).toEqual([]);
    expect(world.broken).toEqual([]);
  });

  it("enables the old key again: it is disabled after another hour without use, and not at the next check", async () => {
    const world = createRotationWorld();
    await rotateWithRetries(world, TOKEN);
    await retire(world, 3);
    world.enableKey(FIRST);
    world.pass(15 * MINUTE_MS);
    expect(await world.check()).not.toMatchObject({ did: "disable" });
    world.pass(45 * MINUTE_MS);
    expect(await world.check()).toMatchObject({ did: "wait" });
    world.pass(60 * MINUTE_MS);
    expect(await world.check()).toMatchObject({ did: "disable" });
  });
});

it("does not disable an old key of which Huawei shows no use at all, because the rotation itself used it", async () => {
  const world = createRotationWorld({ hidesUses: true });
  await rotateWithRetries(world, TOKEN);
  await retire(world, 8 * 24);
  expect(world.keys()).toEqual([...only(FIRST), ...only("AKNEW1")]);
  expect(await world.check()).toMatchObject({ did: "wait", late: "the old key of a rotation is not deleted" });
});

/** What must be so in the end, wherever the function crashed. */
async function endsWell(world: ReturnType<typeof createRotationWorld>): Promise<void> {
  await rotateWithRetries(world, TOKEN);
  await retire(world, 60);
  expect(world.broken).toEqual([]);
  expect(world.keys()).toEqual(only(world.currentAk()));
  expect(world.currentAk()).not.toBe(FIRST);
}

const CALLS = 40;

describe("a crash", () => {
  it.each(Array.from({ length: CALLS }, (_, index) => index + 1))(
    "before or after call %d leaves nothing that the next attempt does not complete",
    async (call) => {
      for (const isDone of [false, true]) await endsWell(createRotationWorld({ crashes: [{ call, isDone }] }));
    },
  );

  it("is met by every call of a rotation and of its checks until the old key is disabled", async () => {
    const world = createRotationWorld();
    await rotateWithRetries(world, TOKEN);
    await retire(world, 3);
    expect(world.calls()).toBeLessThanOrEqual(CALLS);
  });

  it("of any number, with late lists and slow keys, is completed too, with two keys at most and a current key that works", async () => {
    const points = fc.uniqueArray(fc.record({ call: fc.integer({ min: 1, max: 90 }), isDone: fc.boolean() }), {
      maxLength: 6,
      selector: ({ call }) => call,
    });
    await fc.assert(
      fc.asyncProperty(
        points,
        fc.boolean(),
        fc.constantFrom(0, 30 * SECOND_MS),
        async (crashes, lateLists, newKeyDelayMs) => {
          await endsWell(createRotationWorld({ crashes, lateLists, newKeyDelayMs }));
        },
      ),
      { numRuns: runs(400) },
    );
  });
});
