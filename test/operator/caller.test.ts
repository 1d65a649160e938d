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

  it("is what a direct invocation claims", () => {
    expect(identifyCaller({ requestedBy: "ana" }, direct)).toEqual({ event: { requestedBy: "ana" } });
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
  ])("is never claimed to be proven: %j", (requestedBy) => {
    expect(identifyCaller({ requestedBy }, direct)).toMatchObject({
      issue: { pointer: "/requestedBy", message: expect.stringContaining("must not look like an ARN") },
    });
  });

  it("so that whoever is proven came through the gateway, whatever is claimed", () => {
    const claimed = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `arn:${rest}`),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(claimed, (requestedBy) => {
        const answer = identifyCaller({ requestedBy }, direct);
        expect("issue" in answer || typeof requestedBy !== "string" || !isProven(requestedBy.trim())).toBe(true);
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
