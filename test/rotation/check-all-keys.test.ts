import { afterAll, expect, it, jest } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { type CheckDeps, checkAllKeys } from "../../lib/rotation/check-keys.ts";

afterAll(() => void jest.restoreAllMocks());

/** A user whose secret cannot be read. */
const withoutSecret = (user: string): CheckDeps => {
  const unused = () => {
    throw new Error("nothing follows a secret that cannot be read");
  };
  const current = async () => {
    throw new OffairError("ERR_SECRET", `${user} has none`);
  };
  return {
    ...{ user, connect: unused, now: unused, unusedMs: 0, keepMs: 0, rotationDays: 90 },
    secret: { current, labels: unused, read: unused, putPending: unused, promote: unused },
    store: { read: unused, write: unused },
  };
};

it("checks every user, names each one whose check fails, and fails with the first", async () => {
  const log = jest.spyOn(console, "error").mockImplementation(() => {});
  const users = ["worker", "worker-2", "audit"].map(withoutSecret);
  await expect(checkAllKeys(users)).rejects.toThrow("worker has none");
  expect(log.mock.calls.flat()).toMatchObject(
    users.map(({ user }) => ({ event: "rotation.check-failed", user, error: "ERR_SECRET" })),
  );
});
