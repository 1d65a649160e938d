/** Answers of the incident function, one valid fixture a kind. */

import type { BatchProgress, OperatorResponse, PlanResponse } from "../../lib/operator/contract/response-schema.ts";

export const ID = "op-00000000-0000-4000-8000-000000000001";
export const SHA256 = "a".repeat(64);
export const ALICE = "arn:aws:iam::123456789012:user/alice";
export const ROOM = { domain: "push.example.com", app: "live", stream: "room-1" };
export const ROOM_TEXT = "push.example.com/live/room-1";

export const roomsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...ROOM, stream: `room-${index + 1}` }));

export const planOf = (changed: Partial<PlanResponse> = {}): PlanResponse => ({
  ...{ orderId: ID, sha256: SHA256, action: "disable", reason: "INC-881", requestedBy: ALICE },
  ...{ resumeTime: "2026-11-23T05:00:00Z", plannedAt: "2026-11-22T05:00:00.000Z" },
  ...{ expiresAt: "2026-11-22T05:10:00.000Z", streams: [ROOM], skipped: [], alreadyOffKnown: true },
  ...{ approvalThreshold: { most: 100, limit: "limit-total", needsApproval: [] }, estimatedSeconds: 2 },
  ...changed,
});

export const planned = (changed: Partial<PlanResponse> = {}): OperatorResponse => ({
  ...{ ok: true, results: [], errors: [], orderId: ID },
  plan: planOf(changed),
});

export const batchOf = (changed: Partial<BatchProgress> = {}): BatchProgress => ({
  ...{ orderId: ID, planSha256: SHA256, action: "disable", reason: "INC-881", requestedBy: ALICE, appliedBy: ALICE },
  ...{ state: "running", count: 3, outcomes: { verified: 1 }, left: 2, secondsLeft: 2 },
  appliedAt: "2026-11-22T05:01:00.000Z",
  ...changed,
});

export const progress = (changed: Partial<BatchProgress> = {}): OperatorResponse => ({
  ...{ ok: true, results: [], errors: [], orderId: ID },
  batch: batchOf(changed),
});

export const refusal = (message: string, pointer = ""): OperatorResponse => ({
  ...{ ok: false, results: [] },
  errors: [{ pointer, message }],
});
