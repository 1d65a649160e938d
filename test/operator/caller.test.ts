import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Caller, identifyCaller } from "../../lib/operator/caller.ts";
import { isProven, isSamePerson } from "../../lib/safeguards/identity.ts";
import "../support/runs.ts";

const direct: Caller = { kind: "direct" };
const alice = "arn:aws:iam::123456789012:user/alice";
const gateway: Caller = { kind: "gateway", arn: alice, mayBreakGlass: false };

describe("whose word an event is", () => {
  it("is what the gateway states", () => {
    expect(identifyCaller({ action: "list" }, gateway)).toEqual({ event: { action: "list", requestedBy: alice } });
  });

  it.each([
    ["another's name", "bob"],
    ["the same", alice],
    ["nothing", undefined],
  ])("is not the sender's to say through the gateway: %s", (_, requestedBy) => {
    expect(identifyCaller({ action: "list", requestedBy }, gateway)).toMatchObject({
      issue: { pointer: "/requestedBy" },
    });
  });

  it.each([
    ["ana", "ana (claimed)"],
    [" Ana M. de-la_Cruz@example.com ", "Ana M. de-la_Cruz@example.com (claimed)"],
    ["rule weapons", "rule weapons (claimed)"],
  ])("is what a direct invocation claims, and recorded as claimed: %j", (requestedBy, recorded) => {
    expect(identifyCaller({ requestedBy }, direct)).toEqual({ event: { requestedBy: recorded } });
  });

  it.each([
    alice,
    ` ${alice}`,
    "ARN:aws:iam::1:user/x",
    "\uff41rn:aws",
    "\t\u00a0arn:",
    "\u200barn:aws",
    "a\u00adrn:aws",
    "\u2066arn:aws",
    "\u0430rn:aws:iam::123456789012:user/alice", // Cyrillic a
    "a\u0433n:aws", // Cyrillic ghe
    "ar\u0578\u0589aws", // Armenian vo and full stop
    "arn\ua789aws\ua789iam\ua789\ua789123456789012\ua789user/alice", // modifier letter colon
    "arn\u2236aws", // ratio
    "arn\u02d0aws", // triangular colon
    "\u{1d41a}rn\ufe55aws",
    "alice (claimed)",
    "alice (proven)",
    "user/alice",
    "a\nb",
    "a\u001b[2J",
    "\u0430lice",
    "ana\ufffd",
    "",
    "  ",
    "a".repeat(129),
  ])("is never claimed to be proven: %j", (requestedBy) => {
    expect(identifyCaller({ requestedBy }, direct)).toMatchObject({
      issue: { pointer: "/requestedBy", message: expect.stringContaining("must be a plain name") },
    });
  });

  it("so that whoever is proven came through the gateway, whatever is claimed", () => {
    const claimed = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `arn:${rest}`),
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(..."arn:ARN \u0430\u0433\u0578\u0589\ua789\u2236@._-()") }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(claimed, (requestedBy) => {
        const answer = identifyCaller({ requestedBy }, direct);
        if ("issue" in answer || typeof requestedBy !== "string") return;
        const { requestedBy: recorded } = answer.event as { requestedBy: string };
        expect(recorded).toMatch(/^[\x20-\x7e]+ \(claimed\)$/);
        expect(isProven(recorded)).toBe(false);
      }),
    );
  });

  it.each([null, 1, "event", [1]])("leaves what is no event for its parser: %j", (event) => {
    expect(identifyCaller(event, gateway)).toEqual({ event });
  });
});

it("one person has one name, in whatever case a role's session was named", () => {
  const session = "arn:aws:sts::123456789012:assumed-role/operator/alice";
  expect(isSamePerson(session, session.replace("alice", "ALICE"))).toBe(true);
  expect(isSamePerson(session, session.replace("alice", "bob"))).toBe(false);
});

it("one person has one name, also where they may take another role or are a user as well", () => {
  const session = "arn:aws:sts::123456789012:assumed-role/operators/alice";
  expect(isSamePerson(session, session.replace("operators", "break-glass"))).toBe(true);
  expect(isSamePerson(session, alice)).toBe(true);
  expect(isSamePerson(session, "arn:aws:iam::123456789012:user/ops/alice")).toBe(true);
  expect(isSamePerson(session, "arn:aws:iam::123456789012:user/alice/bob")).toBe(false);
});
