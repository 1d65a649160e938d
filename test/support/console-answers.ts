/**
 * Answers of a deployment for every page of the console: an ordinary evening, the same each time. A test changes the texts that others
 * wrote, or the number of rows.
 */
import type { Stream } from "../../lib/core/stream.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import type { SourceRow } from "../../lib/operator/contract/figures-schema.ts";
import type { OrderSummary } from "../../lib/operator/contract/order-summary.ts";
import type {
  BatchProgress,
  Check,
  OperatorResponse,
  OrderRow,
  PlanResponse,
  ReviewCase,
  ReviewRow,
} from "../../lib/operator/contract/response-schema.ts";

/** The time that a browser is given, so that ages do not differ. */
export const NOW = new Date("2026-03-14T20:40:00.000Z");

export interface Evening {
  /** The text of a place that others wrote: the name of a stream, a reason, a note, an address. */
  readonly text: (usual: string, index: number) => string;
  /** Streams of each list. */
  readonly count: number;
  /** Links of evidence. */
  readonly links: readonly string[];
}

const USUAL: Evening = {
  text: (usual) => usual,
  count: 24,
  links: ["https://evidence.example/frames/1.jpg", "https://evidence.example/frames/2.jpg"],
};

const arn = (name: string): string => `arn:aws:iam::123456789012:user/${name}`;
const before = (ms: number): string => new Date(NOW.getTime() - ms).toISOString();
const after = (ms: number): string => before(-ms);
const seconds = (time: string): string => time.replace(/\.\d+/, "");
export const orderIdOf = (n: number): string => `op-00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const SHA256 = "5f2b".repeat(16);
const DOMAINS = ["push.example.com", "push-eu.example.com"] as const;
const NAMES = ["raid", "room", "match", "study", "cook"] as const;

type Asked = Readonly<Record<string, unknown>>;

/** @returns what the deployment answers to a request; to an unknown one, that nothing is there. */
export function answersOf(changed: Partial<Evening> = {}): (asked: Asked) => OperatorResponse {
  const evening = { ...USUAL, ...changed };
  return (asked) => ({ ok: true, results: [], errors: [], ...answerTo(asked, evening) });
}

function answerTo(asked: Asked, evening: Evening): Partial<OperatorResponse> & Readonly<Record<string, unknown>> {
  switch (asked.action) {
    case "review":
      return { reviews: casesOf(evening).map(rowOf) };
    case "next-case":
    case "case":
    case "release":
    case "note":
    case "second-opinion": {
      const all = casesOf(evening);
      const found = all.find(({ key }) => key === asked.report) ?? all[0];
      return found
        ? { case: found }
        : { noCase: { says: "nothing waits for review", held: 0, skipped: 0, awaitingOthers: 0 } };
    }
    case "live":
      return { live: liveOf(evening) };
    case "list":
      return listOf(evening);
    case "plans":
      return { orders: plansOf(evening) };
    case "plan":
      return { orderId: orderIdOf(1), plan: planOf(evening) };
    case "status":
      return statusOf(asked, evening);
    case "sources":
      return { sources: sourcesOf(evening) };
    case "doctor":
      return { checks: checksOf(evening) };
    case "mode":
      return { mode: modeOf(evening) };
    default:
      return {};
  }
}

const streamOf = ({ text }: Evening, index: number): Stream => ({
  domain: DOMAINS[index % 7 === 0 ? 1 : 0],
  app: "live",
  stream: text(`${NAMES[index % NAMES.length]}-${String(index + 1).padStart(3, "0")}`, index),
});
const streamsOf = (evening: Evening): Stream[] =>
  Array.from({ length: evening.count }, (_, index) => streamOf(evening, index));

const CATEGORIES = ["csam", "weapons", "nudity", "hate", "fraud", "spam"] as const;
const SOURCES = ["own", "hive", "huawei", "community"] as const;

function casesOf(evening: Evening): ReviewCase[] {
  return streamsOf(evening).map((stream, index) => {
    const category = CATEGORIES[index % CATEGORIES.length] ?? "other";
    const source = SOURCES[index % SOURCES.length] ?? "own";
    const secondsLeft = (index - 2) * 240 + 95;
    return {
      ...{ key: `${source}#msg-${index + 1}`, source, grade: index % 3 === 0 ? "A" : "C", stream, category },
      ...{ score: 0.42 + (index % 5) / 10, occurredAt: before((40 + index) * MINUTE_MS) },
      ...{ receivedAt: before((39 + index) * MINUTE_MS), ageMinutes: 40 + index },
      ...{ outcome: index % 2 === 0 ? "review" : "held", because: index % 2 === 0 ? "rule" : "limit-total" },
      ...(index % 2 === 1 && {
        decision: { action: "disable", because: "rule", resumeTime: seconds(after(24 * HOUR_MS)) },
      }),
      ...{ rule: "severe", dueAt: after(secondsLeft * SECOND_MS), secondsLeft, urgent: category === "csam" },
      ...(index === 1 && { holder: { by: arn("bob"), until: after(4 * MINUTE_MS) } }),
      ...{ words: evening.text("A man shows a rifle to the camera and names a school.", index), noteCount: 1 },
      evidence: evening.links.map((url) => ({ url, sha256: SHA256 })),
      steps: [evening.text("score 0.42 is below 0.9, so a person decides", index)],
      rules: [{ rule: "severe", unmet: ["score >= 0.9"] }],
      ...{ policyChanged: false, reports: reportsOf(), orders: [orderOf(evening, index)] },
      live: { state: "live", since: before(2 * HOUR_MS), clientAddress: evening.text("198.51.100.7", index) },
      notes: [{ by: arn("bob"), at: before(9 * MINUTE_MS), text: evening.text("seen before, ask the sender", index) }],
      earlierVerdicts: [],
    };
  });
}

const rowOf = ({
  notes: _n,
  earlierVerdicts: _v,
  words: _w,
  evidence: _e,
  steps: _s,
  rules: _r,
  ...row
}: ReviewCase): ReviewRow => row;

const reportsOf = (): NonNullable<ReviewCase["reports"]> => [
  {
    ...{ key: "hive#earlier-1", source: "hive", category: "weapons", score: 0.7 },
    ...{ receivedAt: before(3 * HOUR_MS), ageMinutes: 180, outcome: "verified", verdict: "approved" },
  },
];

const orderOf = (evening: Evening, index: number): OrderSummary => ({
  ...{
    number: index + 1,
    action: "disable",
    reason: evening.text("INC-881 raid", index),
    placedAt: before(30 * MINUTE_MS),
  },
  ...(index % 3 === 0
    ? { by: "rule severe", rule: "severe", report: `hive#msg-${index + 1}` }
    : { by: arn(index % 2 === 0 ? "alice" : "bob"), orderId: orderIdOf(index % 4) }),
  ...{ outcome: "verified", resumeTime: seconds(after(6 * HOUR_MS)), proof: "callback" },
});

const liveOf = (evening: Evening) => ({
  rows: streamsOf(evening).map((stream, index) => ({
    ...{
      ...stream,
      clientAddress: evening.text(`198.51.100.${index % 200}`, index),
      startTime: before((index + 1) * MINUTE_MS),
    },
    ...(index % 9 === 4 && { leftOut: "protected-stream" as const }),
  })),
  ...{ count: evening.count, readAt: before(SECOND_MS) },
});

const listOf = (evening: Evening): Partial<OperatorResponse> => ({
  results: streamsOf(evening).map((stream, index) => ({
    stream,
    resumeTime: index % 8 === 7 ? null : seconds(after((index + 1) * 20 * MINUTE_MS)),
    order: index % 6 === 5 ? null : orderOf(evening, index),
  })),
  totals: { [DOMAINS[0]]: evening.count, [DOMAINS[1]]: 4 },
  unreadable: { count: 1, first: [{ domain: DOMAINS[0], issue: evening.text("stream: is not a text", 0) }] },
});

const STATES = ["waiting-for-approval", "ready", "running", "done", "undone", "cancelled", "expired"] as const;

const plansOf = (evening: Evening): OrderRow[] =>
  STATES.map((state, index) => ({
    ...{
      orderId: orderIdOf(index + 1),
      kind: index === 3 ? "request" : "plan",
      state,
      madeAt: before(index * 7 * MINUTE_MS),
    },
    ...{ requestedBy: arn(index % 2 === 0 ? "alice" : "bob"), action: "disable", count: (index + 1) * 120 },
    reason: evening.text("INC-881 raid of one sender", index),
    ...(index % 2 === 0 && { selector: { domain: DOMAINS[0], name: evening.text("raid-*", index) } }),
    ...{ resumeTime: seconds(after(24 * HOUR_MS)), expiresAt: after(5 * MINUTE_MS), sha256: SHA256 },
    ...(index > 2 && {
      approvedBy: arn("carol"),
      appliedAt: before(index * 6 * MINUTE_MS),
      left: 0,
      failed: index === 3 ? 2 : 0,
    }),
  }));

const planOf = (evening: Evening): PlanResponse => ({
  ...{
    orderId: orderIdOf(1),
    sha256: SHA256,
    action: "disable",
    reason: evening.text("INC-881 raid of one sender", 0),
  },
  ...{ requestedBy: arn("alice"), resumeTime: seconds(after(24 * HOUR_MS)), plannedAt: before(2 * MINUTE_MS) },
  expiresAt: after(8 * MINUTE_MS),
  streams: streamsOf(evening).map((stream, index) => ({
    ...{ ...stream, clientAddress: evening.text("198.51.100.7", index), startTime: before((index + 1) * MINUTE_MS) },
  })),
  skipped: [
    { stream: streamOf(evening, 1), because: "protected-stream" },
    { stream: streamOf(evening, 2), because: "already-off", resumeTime: seconds(after(HOUR_MS)) },
  ],
  selector: { domain: DOMAINS[0], name: evening.text("raid-*", 0) },
  ...{ liveCount: 8_000, alreadyOffKnown: true },
  approvalThreshold: { most: 80, limit: "limit-total", needsApproval: ["limit-total"] },
  estimatedSeconds: 10,
});

const batchOf = (orderId: string, { count, text }: Evening): BatchProgress => ({
  ...{
    orderId,
    planSha256: SHA256,
    action: "disable",
    reason: text("INC-881 raid of one sender", 0),
    requestedBy: arn("alice"),
  },
  ...{ approvedBy: arn("carol"), appliedBy: arn("alice"), state: "running", count, appliedAt: before(20 * SECOND_MS) },
  ...{ outcomes: { verified: count - 4, failed: 1 }, left: 3, secondsLeft: 2, endedAt: before(SECOND_MS) },
});

/** Of the first plan, which waits; of any other, its batch. */
function statusOf({ orderId, results, streams }: Asked, evening: Evening): Partial<OperatorResponse> {
  if (typeof orderId !== "string") {
    if (!Array.isArray(streams)) return { mode: modeOf(evening), build: { version: "0.1.0" } };
    return { results: streams.map((stream: Stream) => ({ stream, orders: [orderOf(evening, 0)] })) };
  }
  if (orderId === orderIdOf(1)) return { orderId, plan: planOf(evening) };
  const rows = streamsOf(evening).map((stream, index) => ({
    ...{ stream, outcome: index === 1 ? ("failed" as const) : ("verified" as const), orderNumber: index + 1 },
    ...(index === 1 && {
      error: "ERR_LIVE_REJECTED",
      message: evening.text("400 LIVE.100010: parameter error", index),
    }),
  }));
  return {
    orderId,
    batch: batchOf(orderId, evening),
    ...(results !== false && {
      results: results === "failed" ? rows.filter(({ outcome }) => outcome === "failed") : rows,
    }),
  };
}

const sourcesOf = (evening: Evening): SourceRow[] =>
  SOURCES.map((name, index) => ({
    ...{
      name,
      kind: index === 3 ? "people" : "classifier",
      adapter: "standard-webhooks",
      grade: index === 1 ? "C" : "A",
    },
    ...{ frozen: index === 2, since: before(30 * 24 * HOUR_MS), isWhole: index !== 1, reports: 4_120 - index * 900 },
    ...{ actions: 310 - index * 70, neverLookedAt: 210 - index * 40, waiting: 6 - index },
    all: {
      right: 92 - index * 9,
      cases: 100,
      precision: 0.92 - index * 0.09,
      low: 0.85 - index * 0.1,
      high: 0.96 - index * 0.08,
    },
    sample: { right: 28, cases: 30, precision: 0.93, low: 0.79, high: 0.98, drawn: 34 },
    rules: [{ name: evening.text("severe", index), right: 40, cases: 44, precision: 0.91, low: 0.79, high: 0.96 }],
    categories: [{ name: "weapons", right: 40, cases: 44, precision: 0.91, low: 0.79, high: 0.96 }],
    bands: [{ name: "0.9 to 1", right: 40, cases: 41, precision: 0.97, low: 0.87, high: 0.99 }],
    reporters: [{ reporter: "4f1c2a", right: 1, wrong: 9, countedAt: before(HOUR_MS) }],
    reportersKnown: 812,
  }));

const checksOf = ({ text }: Evening): Check[] => [
  {
    name: "live push.example.com",
    state: "ok",
    says: "Live accepts the key, knows the domain, and lists the disabled streams.",
  },
  {
    name: "key worker",
    state: "warning",
    says: text("The key is 81 days old.", 0),
    remedy: text("Rotate it: offair help rotation.", 1),
  },
  { name: "queue bulk", state: "ok", says: "12 waiting, 3 in progress, 0 delayed." },
  {
    name: "dead-letters bulk",
    state: "failed",
    says: text("2 dead letters.", 2),
    remedy: text("See the alarm dead-letters in docs/errors.md.", 3),
  },
  { name: "canary", state: "ok", says: "The last run ended 12 minutes ago, and every link worked." },
  { name: "mode", state: "ok", says: "The mode is enforce." },
];

const modeOf = ({ text }: Evening): NonNullable<OperatorResponse["mode"]> => ({
  ...{ mode: "enforce", changedAt: before(9 * HOUR_MS), changedBy: arn("carol"), reason: text("the trial is over", 0) },
  frozen: { huawei: { changedAt: before(2 * HOUR_MS), changedBy: arn("bob"), reason: text("wrong about games", 1) } },
  sample: { share: 0.02, changedAt: before(9 * HOUR_MS), changedBy: arn("carol"), reason: "to measure" },
});
