/** `statement-settings`: the answer is what `offair statements` reads, and has no secret of a source. */
import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import { hasEffect } from "../../lib/operator/contract/effects.ts";
import { operatorResponseSchema } from "../../lib/operator/contract/response-schema.ts";
import { policySchema } from "../../lib/policy/lint/lint.ts";
import { isFull, settingsSchema } from "../../lib/statements/settings.ts";
import { policy } from "../support/fixtures.ts";
import { createIncidentWorld } from "./operator-world.ts";

beforeEach(() => {
  for (const level of ["info", "warn"] as const) jest.spyOn(console, level).mockImplementation(() => {});
});

const ask = async (change: object) => {
  const world = await createIncidentWorld(policySchema.parse({ ...policy, ...change }));
  const answer = await world.ask({ action: "statement-settings" });
  expect(answer).toMatchObject({ ok: true, errors: [] });
  // As it arrives: as JSON, and through the command's parser.
  return settingsSchema.parse(operatorResponseSchema.parse(JSON.parse(JSON.stringify(answer))).statementSettings);
};

describe("statement-settings", () => {
  it("has the section with its defaults, the kinds of the sources, and nothing else of them", async () => {
    const statements = { platform: "Example Live", territory: "EU", categories: { hate: { ground: "illegal" } } };
    const sources = {
      ...policy.sources,
      flagger: { adapter: "standard", grade: "A", kind: "trusted-flagger", secret: "a-secret-name" },
    };
    const settings = await ask({ statements, sources });
    expect(isFull(settings)).toBe(true);
    expect(settings.statements).toMatchObject({ ...statements, language: "en", contentType: ["CONTENT_TYPE_VIDEO"] });
    expect(settings.sources).toEqual({ standard: "people", flagger: "trusted-flagger" });
    expect(JSON.stringify(settings)).not.toContain("a-secret-name");
  });

  it("says that there is no section, and of which policy", async () => {
    const settings = await ask({});
    expect(isFull(settings)).toBe(false);
    expect(settings).toMatchObject({ statements: null, policy: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it("changes nothing", () => {
    expect(hasEffect({ action: "statement-settings", reason: "x" })).toBe(false);
  });
});
