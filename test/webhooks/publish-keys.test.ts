import { expect, it } from "@jest/globals";
import type { PublicKeyEntry } from "../../lib/webhooks/events-keys.ts";
import { createReadKeys } from "../../lib/webhooks/publish-keys.ts";

function world() {
  const steps: string[] = [];
  const state = {
    secret: { version: "1", value: JSON.stringify({ current: "a".repeat(32) }) },
    stored: [] as readonly PublicKeyEntry[],
    isDown: false,
  };
  const readKeys = createReadKeys({
    readSecret: async () => state.secret,
    store: {
      read: async () => state.stored,
      write: async (keys) => {
        if (state.isDown) throw new Error("the ledger is down");
        steps.push(`write ${keys.length}`);
        state.stored = keys;
      },
    },
    now: () => new Date("2026-11-21T12:00:00Z"),
  });
  return { steps, state, readKeys };
}

it("the public key is stored before the key signs, once for each version of the secret", async () => {
  const { steps, state, readKeys } = world();
  const [key] = await readKeys();
  expect(state.stored).toEqual([{ id: key?.id, publicKey: key?.publicKey, since: "2026-11-21T12:00:00.000Z" }]);
  await readKeys();
  expect(steps).toEqual(["write 1"]);
  state.secret = { version: "2", value: JSON.stringify({ current: "b".repeat(32), previous: "a".repeat(32) }) };
  expect(await readKeys()).toHaveLength(2);
  expect(steps).toEqual(["write 1", "write 2"]);
});

it("another environment with the same key stores nothing again", async () => {
  const first = world();
  await first.readKeys();
  const second = world();
  second.state.stored = first.state.stored;
  await second.readKeys();
  expect(second.steps).toEqual([]);
});

it("nothing is signed while the public key cannot be stored, and it is tried again", async () => {
  const { state, readKeys } = world();
  state.isDown = true;
  await expect(readKeys()).rejects.toThrow("down");
  state.isDown = false;
  expect(await readKeys()).toHaveLength(1);
  expect(state.stored).toHaveLength(1);
});
