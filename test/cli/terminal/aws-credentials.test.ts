import { describe, expect, it } from "@jest/globals";
import { CredentialsError, createCredentials, type Provider } from "../../../cli/terminal/aws-credentials.ts";

describe("the provider of AWS credentials", () => {
  const keys = { accessKeyId: "AK", secretAccessKey: "s" };

  it("is asked again after it has failed", async () => {
    let attempts = 0;
    const provide: Provider = async () => {
      attempts += 1;
      if (attempts === 1) throw new Error("Token is expired");
      return keys;
    };
    const credentials = createCredentials(async () => provide);
    await expect(credentials()).rejects.toThrow(CredentialsError);
    await expect(credentials()).resolves.toBe(keys);
  });

  it("reads everything again only if AWS has refused what it gave", async () => {
    const asked: unknown[] = [];
    const credentials = createCredentials(async () => async (options) => {
      asked.push(options);
      return keys;
    });
    await credentials();
    await credentials({ anew: true });
    expect(asked).toEqual([{ forceRefresh: false }, { forceRefresh: true }]);
  });
});
