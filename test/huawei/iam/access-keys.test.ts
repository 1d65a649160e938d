/** The client of IAM's access keys, given responses that are not as documented. */
import { describe, expect, it } from "@jest/globals";
import { createAccessKeys } from "../../../lib/huawei/iam/access-keys.ts";

const client = (body: unknown) =>
  createAccessKeys(async () => ({ status: 200, body, requestId: "r", date: undefined, tookMs: 0 }), "user");
const key = { access_key_id: "AKFIRST", status: "active", created_at: "2026-11-30T12:00:00Z" };

describe("the list of access keys", () => {
  it.each([undefined, { current_count: 1 }, { next_marker: null, current_count: 1 }])(
    "is complete with %j",
    async (page_info) => {
      expect(await client({ access_keys: [key], page_info }).list()).toMatchObject([{ ak: "AKFIRST", isActive: true }]);
    },
  );

  it.each([
    undefined,
    {},
    { access_keys: {} },
    { access_keys: [{ ...key, status: "deleting" }] },
    { access_keys: [{ ...key, access_key_id: "../agencies" }] },
    { access_keys: [key], page_info: { next_marker: "more" } },
  ])("is refused as %j", async (body) => {
    await expect(client(body).list()).rejects.toMatchObject({ code: "ERR_LIVE_ANSWER" });
  });
});

describe("the last use of a key", () => {
  it.each([{}, { access_key_last_used: null }, { access_key_last_used: { last_used_at: null } }])(
    "is not known from %j",
    async (body) => {
      expect(await client(body).lastUsed("AKFIRST")).toBeUndefined();
    },
  );

  it.each([undefined, "never", { access_key_last_used: { last_used_at: "yesterday" } }])(
    "is refused as %j",
    async (body) => {
      await expect(client(body).lastUsed("AKFIRST")).rejects.toMatchObject({ code: "ERR_LIVE_ANSWER" });
    },
  );
});

it.each([undefined, {}, { access_key: key }, { access_key: { ...key, secret_access_key: "with a space" } }])(
  "a created key without a secret key (%j) may exist, and no error repeats the response",
  async (body) => {
    const failure = expect.objectContaining({
      code: "ERR_LIVE_UNKNOWN",
      message: expect.not.stringContaining("AKFIRST"),
    });
    await expect(client(body).create()).rejects.toEqual(failure);
  },
);
