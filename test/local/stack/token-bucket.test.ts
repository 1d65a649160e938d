import { expect, it } from "@jest/globals";
import { createTokenBucket } from "../../../local/stack/token-bucket.ts";

const takes = (bucket: ReturnType<typeof createTokenBucket>, count: number, nowMs: number) =>
  Array.from({ length: count }, () => bucket.take(nowMs)).filter(Boolean).length;

it("lets a burst through, and then only what the rate adds", () => {
  const bucket = createTokenBucket(10, 20);
  expect(takes(bucket, 30, 1_000_000)).toBe(20);
  expect(takes(bucket, 30, 1_000_099)).toBe(0);
  expect(takes(bucket, 30, 1_000_100)).toBe(1);
  expect(takes(bucket, 30, 1_001_100)).toBe(10);
});

it("holds no more than a burst after a quiet time, and gains nothing from a clock that goes back", () => {
  const bucket = createTokenBucket(10, 20);
  expect(takes(bucket, 30, 0)).toBe(20);
  expect(takes(bucket, 30, 60_000)).toBe(20);
  expect(takes(bucket, 30, 0)).toBe(0);
  expect(takes(bucket, 30, 60_100)).toBe(1);
});
