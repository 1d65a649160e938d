import { describe, expect, it } from "@jest/globals";
import { huaweiUser, liveSecret, localKey, usersOf } from "../../../local/demo/huawei-users.ts";

describe("the Huawei users of the local stack", () => {
  it("are named by pool and number, the first without a number", () => {
    expect(usersOf({ worker: 3, audit: 2 })).toEqual(["worker", "worker-2", "worker-3", "audit", "audit-2"]);
    expect(liveSecret("worker-2")).toBe("offair/local/live/worker-2");
  });

  it("have keys of their own, in the form of Huawei's", () => {
    const keys = usersOf({ worker: 8, audit: 8 }).map(localKey);
    expect(new Set(keys.flatMap(({ ak, sk }) => [ak, sk])).size).toBe(32);
    for (const { ak, sk } of keys)
      expect([ak, sk]).toEqual([expect.stringMatching(/^.{20}$/), expect.stringMatching(/^.{40}$/)]);
  });

  it("have the rights of their pool: an audit user never writes", () => {
    const actions = (user: string) => huaweiUser(user, localKey(user)).actions;
    expect(actions("worker-2")).toEqual(actions("worker"));
    expect(actions("audit-2")).toEqual(actions("audit"));
    expect(actions("audit-2").filter((action) => /StreamForbidden(Once)?$/.test(action))).toEqual([
      "live:stream:listStreamForbidden",
    ]);
  });
});
