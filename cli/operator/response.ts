/**
 * What the incident function answers, read as it comes over the network. What is not shown is let through, so that an older command
 * understands a newer function; names are text of others here, and not streams that may be acted on.
 */
import * as z from "zod";

const text = z.string();
const count = z.number().int().min(0);

const stream = z.looseObject({ domain: text, app: text, stream: text });
export type NamedStream = Pick<z.infer<typeof stream>, "domain" | "app" | "stream">;

const issue = z.object({ pointer: text, message: text });

const order = z.looseObject({
  number: count,
  action: text,
  reason: text,
  placedAt: text,
  by: text,
  outcome: text.exactOptional(),
  resumeTime: text.exactOptional(),
  error: text.exactOptional(),
});

const result = z.looseObject({
  stream,
  action: text.exactOptional(),
  outcome: text.exactOptional(),
  orderNumber: count.exactOptional(),
  resumeTime: text.nullable().exactOptional(),
  requestId: text.exactOptional(),
  error: text.exactOptional(),
  order: order.nullable().exactOptional(),
  orders: z.array(order).exactOptional(),
});
export type ShownResult = z.infer<typeof result>;

const change = z.looseObject({ changedAt: text, changedBy: text, reason: text });
const mode = z.looseObject({
  ...{ mode: text, changedAt: text.exactOptional(), changedBy: text.exactOptional(), reason: text.exactOptional() },
  frozen: z.record(text, change).exactOptional(),
});
export type ShownMode = z.infer<typeof mode>;

const staysOff = z.looseObject({ by: text, until: text, from: text.exactOptional() });
export type ShownStaysOff = z.infer<typeof staysOff>;

const plan = z.looseObject({
  ...{ orderId: text, sha256: text, action: text, reason: text, requestedBy: text },
  resumeTime: text.exactOptional(),
  ...{ plannedAt: text, expiresAt: text },
  undoes: text.exactOptional(),
  streams: z.array(
    stream.extend({
      ...{ clientAddress: text.exactOptional(), startTime: text.exactOptional() },
      staysOff: staysOff.exactOptional(),
    }),
  ),
  skipped: z.array(z.looseObject({ stream, because: text, staysOff: staysOff.exactOptional() })),
  liveCount: count.exactOptional(),
  alreadyOffKnown: z.boolean(),
  approvalThreshold: z.looseObject({ most: count, limit: text, needsApproval: z.array(text) }),
  estimatedSeconds: z.number(),
  approvedBy: text.exactOptional(),
});
export type ShownPlan = z.infer<typeof plan>;

const batch = z.looseObject({
  ...{ orderId: text, planSha256: text, action: text, state: text },
  ...{ reason: text.exactOptional(), requestedBy: text.exactOptional(), approvedBy: text.exactOptional() },
  ...{ appliedBy: text.exactOptional(), cancelledBy: text.exactOptional(), cancelledAt: text.exactOptional() },
  breakGlass: z.boolean().exactOptional(),
  undoes: text.exactOptional(),
  count,
  outcomes: z.record(text, count),
  keptOff: count.exactOptional(),
  left: count,
  secondsLeft: z.number().exactOptional(),
  appliedAt: text.exactOptional(),
  endedAt: text.exactOptional(),
});
export type ShownBatch = z.infer<typeof batch>;

const verdict = z.looseObject({ verdict: text, by: text, at: text, reason: text });
const decision = z.looseObject({ action: text, because: text, rule: text.exactOptional() });

const review = z.looseObject({
  ...{ key: text, source: text, receivedAt: text, ageMinutes: z.number(), because: text },
  stream: stream.exactOptional(),
  category: text.exactOptional(),
  score: z.number().exactOptional(),
  rule: text.exactOptional(),
  outcome: text.exactOptional(),
  decision: decision.exactOptional(),
  verdict: verdict.exactOptional(),
  issues: z.array(issue).exactOptional(),
});
export type ShownReview = z.infer<typeof review>;

const rules = z.array(z.looseObject({ rule: text, unmet: z.array(text) }));
const explanation = z.looseObject({
  source: text,
  key: text.exactOptional(),
  stream: stream.exactOptional(),
  category: text.exactOptional(),
  score: z.number().exactOptional(),
  /** Of a report: as it was decided then. */
  stored: z
    .looseObject({
      decision: decision.exactOptional(),
      decidedAt: text,
      mode: text.exactOptional(),
      outcome: text.exactOptional(),
      because: text.exactOptional(),
      verdict: verdict.exactOptional(),
    })
    .exactOptional(),
  now: z.looseObject({ decision, rules, steps: z.array(text), isSameDecision: z.boolean() }).exactOptional(),
  policyChanged: z.boolean().exactOptional(),
  issues: z.array(issue).exactOptional(),
  /** Of a claim. */
  decision: decision.exactOptional(),
  rules: rules.exactOptional(),
  steps: z.array(text).exactOptional(),
  mode: text.exactOptional(),
  inScope: z.boolean().exactOptional(),
  isProtected: z.boolean().exactOptional(),
  headroom: z.array(z.looseObject({ limit: text, used: z.number(), most: z.number() })).exactOptional(),
  heldBackBy: z.array(text).exactOptional(),
  notes: z.array(text).exactOptional(),
});
export type ShownExplanation = z.infer<typeof explanation>;

const check = z.looseObject({ name: text, state: text, says: text, remedy: text.exactOptional() });
export type ShownCheck = z.infer<typeof check>;

export const answerSchema = z.looseObject({
  ok: z.boolean(),
  results: z.array(result),
  errors: z.array(issue),
  orderId: text.exactOptional(),
  dryRun: z.boolean().exactOptional(),
  mode: mode.exactOptional(),
  totals: z.record(text, count).exactOptional(),
  truncated: z.boolean().exactOptional(),
  reviews: z.array(review).exactOptional(),
  next: text.exactOptional(),
  verdict: verdict.exactOptional(),
  explanation: explanation.exactOptional(),
  plan: plan.exactOptional(),
  batch: batch.exactOptional(),
  checks: z.array(check).exactOptional(),
  redriven: z.array(z.looseObject({ id: text, reason: text })).exactOptional(),
});
export type OperatorResponse = z.infer<typeof answerSchema>;
