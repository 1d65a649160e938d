import { readFileSync } from "node:fs";
import { expect, it } from "@jest/globals";
import { parseRotationEvent } from "../../lib/rotation/rotation-event.ts";

const sample = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../events/${name}.json`, import.meta.url), "utf8"));

it("is a step of Secrets Manager, with any other members", () => {
  expect(parseRotationEvent(sample("rotate-create-secret"))).toEqual({
    ...{ Step: "createSecret", ClientRequestToken: "7a1f9c52-3a0e-4b5c-9d3e-2f6c1b0e8d47" },
    SecretId: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:offair/prod/live/worker-AbCdEf",
  });
});

it("is a check of the keys", () => {
  expect(parseRotationEvent(sample("rotate-check"))).toEqual({ check: "keys" });
});

it.each([
  undefined,
  null,
  {},
  { check: "all" },
  { Step: "dropSecret", SecretId: "a", ClientRequestToken: "b".repeat(36) },
])("is refused otherwise: %j", (event) => {
  expect(() => parseRotationEvent(event)).toThrow(expect.objectContaining({ code: "ERR_EVENT_INVALID" }));
});
