/** What is refused before anything is called, each with file, line and remedy. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { EXIT } from "../../../cli/terminal/command.ts";
import { createDeployWorld, type DeployWorld, REGION } from "../../../scripts/recordings/world.ts";

let world: DeployWorld;
let valid: string;
beforeAll(async () => {
  world = await createDeployWorld();
  valid = world.readStage();
});
afterAll(() => world.close());

const DEPLOY = "--stage prod --yes";
const called = () => ({ ...world.aws.requests(), ...world.aws.storage.requests() });
const ENDPOINT = "liveEndpoint: https://live.ap-southeast-3.myhuaweicloud.com";

describe("a stage file", () => {
  beforeEach(() => world.writeStage(valid));

  it.each([
    [
      "with an unknown key",
      (text: string) => `${text}regoin: eu-west-1\n`,
      "deploy/prod.yml:4:1 regoin: is not a key that is known here",
      "deploy/example.yml",
    ],
    [
      "without a region",
      (text: string) => text.replace(/^region.*\n/, ""),
      "deploy/prod.yml:1:1 region: is missing",
      "settings.md",
    ],
    [
      "with a region that is none",
      (text: string) => text.replace(REGION, "frankfurt"),
      "deploy/prod.yml:1:1 region: is not an AWS region",
      "write for instance eu-central-1",
    ],
    [
      "with an endpoint that is not Live's",
      (text: string) => text.replace(ENDPOINT, "liveEndpoint: https://live.example.com"),
      "deploy/prod.yml:2:1 liveEndpoint: is not an endpoint of Live",
      "write https://live.<region>.myhuaweicloud.com",
    ],
    [
      "with an endpoint of a look-alike",
      (text: string) => text.replace(ENDPOINT, "liveEndpoint: https://live.ap-southeast-3.myhuaweicloud.com.evil.io"),
      "deploy/prod.yml:2:1 liveEndpoint",
      "write https",
    ],
    [
      "with an endpoint without TLS",
      (text: string) => text.replace("https://", "http://"),
      "deploy/prod.yml:2:1 liveEndpoint",
      "write https",
    ],
    [
      "with an account that YAML reads as a number",
      (text: string) => `${text}account: 012345678901\n`,
      "deploy/prod.yml:4:10",
      "in quotes",
    ],
    [
      "with a limit out of range",
      (text: string) => `${text}liveQuotaShare: 2\n`,
      "deploy/prod.yml:4:1 liveQuotaShare",
      "settings.md",
    ],
    [
      "with a region of Huawei Cloud",
      (text: string) => text.replace(REGION, "cn-north-4"),
      "deploy/prod.yml:1:1 region: is not an AWS region",
      "write for instance eu-central-1",
    ],
    [
      "with a canary that is true",
      (text: string) => `${text}canary: true\n`,
      'deploy/prod.yml:4:1 canary: must be "on" or "off", with the quotes',
      "settings.md",
    ],
    ["that is not YAML", () => "region: [", "deploy/prod.yml:1", "settings.md"],
  ])("%s is refused before anything is called", async (_, change, where, remedy) => {
    world.writeStage(change(valid));
    const { exit, text } = await world.play(DEPLOY);
    expect(exit).toBe(EXIT.refused);
    const [, problem, after] =
      new RegExp(`^failed +stage file +(${where.replace(/[.[\]]/g, "\\$&")}.*)\n +→ (.*)$`, "m").exec(text) ?? [];
    expect(problem).toContain(where);
    expect(`${problem} ${after}`).toContain(remedy);
    expect(called()).toEqual({});
  });

  const SECRETS = {
    "an AWS access key id": "AKIAIOSFODNN7EXAMPLE",
    "a secret access key": "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY12",
    "an AK of Huawei Cloud": "QTWAOYTTINDUT2QVKYUC",
    "a Standard Webhooks secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "a private key": "-----BEGIN PRIVATE KEY-----",
  };
  it.each(Object.entries(SECRETS))("with %s is refused, and the value is not printed", async (kind, value) => {
    for (const line of [`liveEndpoint2: ${value}`, `# old: ${value}`]) {
      world.writeStage(`${valid}${line}\n`);
      const { exit, text } = await world.play(DEPLOY);
      expect(exit).toBe(EXIT.refused);
      expect(text).toMatch(
        new RegExp(`failed +stage file +deploy/prod.yml:4:\\d+ looks like ${kind}\n +→ remove it from the file`),
      );
      expect(text).not.toContain(value.slice(0, 12));
    }
    expect(called()).toEqual({});
  });

  it.each(["oncall@your-domain.invalid", "oncall@example.com", "oncall@alerts.EXAMPLE.org"])(
    "with the example's address %s for alarms is refused: nobody would receive them",
    async (address) => {
      world.writeStage(valid.replace("oncall@acme.tv", address));
      const { exit, text } = await world.play(DEPLOY);
      expect([exit, called()]).toEqual([EXIT.refused, {}]);
      expect(text).toMatch(/failed +alerts +deploy\/prod.yml: alertsEmail .*\n +→ write the address/);
    },
  );

  it("that does not exist is described", async () => {
    const { exit, text } = await world.play("--stage staging");
    expect([exit, called()]).toEqual([EXIT.usage, {}]);
    expect(text).toContain("there is no deploy/staging.yml: cp deploy/example.yml deploy/staging.yml");
  });

  it.each(["local", "example", "../prod", "Prod", "a", "a-name-that-is-too-long"])(
    "of the name %s is refused",
    async (name) => {
      expect((await world.play(`--stage ${name}`)).exit).toBe(EXIT.usage);
      expect(called()).toEqual({});
    },
  );

  it("with issues does not hide those of the policy", async () => {
    world.writeStage(valid.replace(REGION, "frankfurt"));
    world.writePolicy((text) => text);
    const { text } = await world.play(DEPLOY);
    expect(text).toMatch(/failed +stage file +deploy\/prod.yml:1:1/);
    expect(text).toMatch(
      /failed +policy +\S*policy.yml:\d+:\d+ scope\[0\]\.domain: publish\.example\.huawei\.com is a domain of the examples\n +→ write your own domain/,
    );
    expect(text).toMatch(/failed +policy +\S*policy.yml:\d+:\d+ scope\[1\]\.domain: push\.example\.com/);
    expect(called()).toEqual({});
  });
});
