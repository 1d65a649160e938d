/** Items of the ledger, each as a life: the states that the ledger's own functions bring it through, the oldest first. */
import fc from "fast-check";
import type { Stream } from "../../lib/core/stream.ts";
import type { LedgerItem } from "../../lib/events/ledger-item.ts";
import { CATEGORIES } from "../../lib/reports/claim.ts";

/** In every text of a report, of a verdict and of a reporter: no event may have it. */
export const PRIVATE = "PRIVATE-reporter-7f3a";

export const START_MS = Date.parse("2026-11-21T12:00:00.000Z");
export const at = (seconds: number): string => new Date(START_MS + seconds * 1_000).toISOString();
export const ALICE = "arn:aws:iam::000000000000:user/alice";
export const BOB = "arn:aws:sts::000000000000:assumed-role/Moderators/bob";
export const ORDER_ID = "op-2b1f0c2e-7a53-4f0e-9d1c-0d6d5a9b8c11";

/** Any name that a report or a list of Live can have: no control characters, no half characters. */
const name = (max: number) =>
  fc.oneof(
    fc.constantFrom("live", "room-1", "__proto__", '"></td>', "a/b", "𝕣𝕠𝕠𝕞-🎥", "\u202egnp.exe", "x".repeat(max)),
    fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
      .filter((text) => text !== "*" && !/[\u0000-\u001f\u007f-\u009f]/.test(text)),
  );
export const arbitraryStream: fc.Arbitrary<Stream> = fc.record({
  domain: fc.constantFrom("push.example.com", "a.example", `${"d".repeat(251)}.com`),
  app: name(128),
  stream: name(512),
});

export const category = fc.constantFrom(...CATEGORIES);
export const policyHash = "a".repeat(64);

/** A list in which each element comes after the one before it. */
export type Life = readonly [LedgerItem, ...LedgerItem[]];

export const lifeOf = (states: readonly LedgerItem[]): Life => {
  const [first, ...rest] = states;
  if (!first) throw new Error("a life has at least one state");
  return [first, ...rest];
};

export const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
