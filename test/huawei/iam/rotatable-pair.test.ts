import { describe, expect, it } from "@jest/globals";
import { parseCredentials } from "../../../lib/huawei/api/credentials.ts";
import { parseRotatablePair, withKey } from "../../../lib/huawei/iam/rotatable-pair.ts";

const pair = { ak: "AKWORKER", sk: "sk/of+the=worker", userId: "0123abcd", accountId: "4567ef01", note: "of the team" };

describe("the secret of a user whose key is rotated", () => {
  it("keeps its ids and everything else under a new key, and is a pair for the other functions", () => {
    const next = withKey(parseRotatablePair(JSON.stringify(pair)), { ak: "AKNEW", sk: "new" });
    expect(JSON.parse(next)).toEqual({ ...pair, ak: "AKNEW", sk: "new" });
    expect(parseCredentials(next)).toMatchObject({ kind: "key-pair", ak: "AKNEW", sk: "new" });
  });

  it.each([
    ["no JSON", "ak=…", /the whole/],
    ["an empty secret", "{}", /userId/],
    ["a token", JSON.stringify({ token: "t" }), /ak/],
    ["a temporary pair", JSON.stringify({ ...pair, securityToken: "t" }), /temporary/],
    ["no user id", JSON.stringify({ ...pair, userId: undefined }), /userId/],
    ["an id that is a path", JSON.stringify({ ...pair, userId: "../agencies" }), /userId/],
  ])("is refused: %s, without a value in the message", (_, secret, issue) => {
    const parse = () => parseRotatablePair(secret);
    expect(parse).toThrow(expect.objectContaining({ code: "ERR_SECRET", message: expect.stringMatching(issue) }));
    expect(parse).not.toThrow(/sk\/of/);
  });
});
