import { describe, expect, it } from "@jest/globals";
import { signedHeaders } from "../../../cli/operator/sign.ts";
import type { AwsCredentials } from "../../../cli/terminal/aws-credentials.ts";
import { authorize, type Identity } from "../../../local/stack/identities.ts";

const NOW = new Date("2026-11-21T22:00:00Z");
const url = new URL("http://127.0.0.1:8787/operator");
const alice: Identity = {
  accessKeyId: "LOCALALICE0000000001",
  secretAccessKey: "local-key-of-alice",
  arn: "arn:aws:iam::000000000000:user/alice",
  mayCall: ["POST /operator"],
};
const bob: Identity = {
  ...alice,
  accessKeyId: "LOCALBOB000000000001",
  secretAccessKey: "bobs",
  arn: `${alice.arn}s-bob`,
};

async function callBy(identity: AwsCredentials, at = NOW) {
  const body = Buffer.from('{"action":"list"}');
  const headers = await signedHeaders({ url, region: "eu-central-1", body }, identity, at);
  return { method: "POST", target: url.pathname, rawHeaders: Object.entries(headers).flat(), body };
}
const arnOf = (call: Parameters<typeof authorize>[0], routeKey = "POST /operator") =>
  authorize(call, routeKey, [alice, bob], NOW)?.iam.userArn;

describe("a caller of a route that asks for IAM authorisation", () => {
  it("is told to the function as API Gateway tells an IAM user", async () => {
    expect(authorize(await callBy(alice), "POST /operator", [alice, bob], NOW)).toEqual({
      iam: {
        accessKey: "LOCALALICE0000000001",
        accountId: "000000000000",
        callerId: "AIDALALICE0000000001",
        cognitoIdentity: null,
        principalOrgId: null,
        userArn: "arn:aws:iam::000000000000:user/alice",
        userId: "AIDALALICE0000000001",
      },
    });
  });

  it("is whoever signed, whatever else the request says", async () => {
    const call = await callBy(bob);
    const more = ["x-forwarded-user", alice.arn, "x-offair-gateway", "guess"];
    expect(arnOf({ ...call, rawHeaders: [...call.rawHeaders, ...more] })).toBe(bob.arn);
  });

  it("is not let in to a route that is not theirs", async () => {
    expect(arnOf(await callBy(alice), "POST /operator/break-glass")).toBeUndefined();
  });

  const without = (rawHeaders: readonly string[], name: string) =>
    rawHeaders.filter((_, index) => rawHeaders[index - (index % 2)] !== name);

  it.each<[string, (call: Awaited<ReturnType<typeof callBy>>) => Parameters<typeof authorize>[0]]>([
    ["no signature", (call) => ({ ...call, rawHeaders: without(call.rawHeaders, "authorization") })],
    ["another body", (call) => ({ ...call, body: Buffer.from('{"action":"mode"}') })],
    ["another path", (call) => ({ ...call, target: "/operator/break-glass" })],
    ["a query that was not signed", (call) => ({ ...call, target: "/operator?x=1" })],
    ["two signatures", (call) => ({ ...call, rawHeaders: [...call.rawHeaders, ...call.rawHeaders] })],
    [
      "somebody else's key id",
      (call) => ({
        ...call,
        rawHeaders: call.rawHeaders.map((text) => text.replace(alice.accessKeyId, bob.accessKeyId)),
      }),
    ],
  ])("is not let in with %s", async (_, change) => {
    const call = await callBy(alice);
    expect(arnOf(call)).toBe(alice.arn);
    expect(arnOf(change(call))).toBeUndefined();
  });

  it.each([
    ["a key that nobody has", { ...alice, accessKeyId: "LOCALMALLORY00000001" }, NOW],
    ["a wrong secret", { ...alice, secretAccessKey: "guess" }, NOW],
    ["a clock that is 16 minutes off", alice, new Date(NOW.getTime() - 16 * 60_000)],
  ])("is not let in with %s", async (_, identity, at) => {
    expect(arnOf(await callBy(identity, at))).toBeUndefined();
  });

  it("is not let in with the token of a session, which the key is not of", async () => {
    const call = await callBy({ ...alice, sessionToken: "left over in the shell" });
    expect(arnOf(call)).toBeUndefined();
  });
});
