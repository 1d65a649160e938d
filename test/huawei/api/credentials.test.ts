import { describe, expect, it } from "@jest/globals";
import { parseCredentials } from "../../../lib/huawei/api/credentials.ts";

describe("the Huawei secret", () => {
  it.each([
    ['{"ak":"A1","sk":"s/+="}', { kind: "key-pair", ak: "A1", sk: "s/+=" }],
    ['{"ak":"A1","sk":"s","securityToken":"t"}', { kind: "key-pair", ak: "A1", sk: "s", securityToken: "t" }],
    ['{"token":"MIIabc","note":"extra keys are ignored"}', { kind: "token", token: "MIIabc" }],
    ['{"ak":"A1","sk":"s","token":"t"}', { kind: "key-pair", ak: "A1", sk: "s" }],
  ])("%s is read", (secret, credentials) => {
    expect(parseCredentials(secret)).toEqual(credentials);
  });

  it.each([
    ["no JSON", "hush-hush", "is not JSON"],
    ["half a JSON", '{"ak":"A1","sk":"hush-hush"', "is not JSON"],
    ["an array", '["hush-hush"]', "not as documented"],
    ["null", "null", "not as documented"],
    ["a pair without its sk", '{"ak":"hush-hush"}', "/sk: must be"],
    ["a pair without its ak, though a token is there", '{"sk":"hush-hush","token":"hush-hush"}', "/ak: must be"],
    ["a number for an sk", '{"ak":"hush-hush","sk":5}', "/sk: must be text"],
    ["a line break after the sk", '{"ak":"A1","sk":"hush-hush\\n"}', "/sk: must be"],
    ["an empty token", '{"token":""}', "/token: must be"],
  ])("is refused without telling its value: %s", (_, secret, words) => {
    const refusal = expect.objectContaining({
      code: "ERR_SECRET",
      message: expect.stringContaining(words),
    });
    expect(() => parseCredentials(secret)).toThrow(refusal);
    expect(() => parseCredentials(secret)).not.toThrow("hush-hush");
  });
});
