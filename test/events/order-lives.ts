/** Orders from their placement to the last that becomes known of them. */
import fc from "fast-check";
import { definedOnly } from "../../lib/core/defined-only.ts";
import type { Action, Attempt, Authority, Order, Outcome } from "../../lib/orders/order.ts";
import { learnFrom } from "../../lib/orders/push-identity.ts";
import {
  ALICE,
  arbitraryStream,
  at,
  BOB,
  type Life,
  lifeOf,
  maybe,
  ORDER_ID,
  PRIVATE,
  policyHash,
} from "./arbitrary-items.ts";
import { reportRecord } from "./report-lives.ts";

const republish = maybe(
  fc
    .record({
      after: fc.integer({ min: 1, max: 5 }),
      times: fc.nat(3),
      startedAt: maybe(fc.constant(at(-30))),
      wentOn: maybe(fc.constant(true as const)),
    })
    .map((value) => definedOnly(value)),
);
const repairs = maybe(
  fc.record({
    of: fc.integer({ min: 1, max: 5 }),
    why: fc.constantFrom("missing" as const, "expiring" as const),
    cause: fc.constant("vendor#first"),
    placedAt: fc.constant(at(-900)),
  }),
);

export const authority: fc.Arbitrary<Authority> = fc
  .oneof(
    fc.record({
      kind: fc.constant("rule" as const),
      cause: fc.constantFrom("vendor#msg_1", "vendor#msg_2", `vendor#${"i".repeat(300)}`),
      source: fc.constant("vendor"),
      rule: fc.constant("severe"),
      policy: fc.constant(policyHash),
      repairs,
      republish,
    }),
    fc.record({
      kind: fc.constant("operator" as const),
      cause: fc.nat(9).map((index) => `operator#${ORDER_ID}#${index}`),
      orderId: fc.constant(ORDER_ID),
      requestedBy: fc.constant(ALICE),
      overridesRulesUntil: fc.constant(at(86_400)),
      approves: maybe(fc.constant("vendor#msg_1")),
      approvedBy: maybe(fc.constant(BOB)),
      breakGlass: maybe(fc.constant(true as const)),
      reverses: maybe(fc.constant(2)),
      undoes: maybe(fc.constant("op-00000000-0000-4000-8000-000000000000")),
      repairs,
      republish,
    }),
  )
  .map((value) => definedOnly(value) as Authority)
  .map((value) => (value.republish && value.repairs ? withoutRepairs(value) : value));

const withoutRepairs = ({ repairs: _one, ...rest }: Authority): Authority => rest as Authority;

/** A reason that quotes what is private if the operator's words are about a report. */
const reasonOf = (given: Authority, action: Action): string => {
  const keepsOff = given.kind === "operator" && given.undoes !== undefined && action !== "enable"; // which quotes another order
  const isAboutReport = given.kind === "operator" && (given.approves !== undefined || keepsOff);
  const own = isAboutReport ? `as ${PRIVATE} says` : "INC-881";
  return given.republish || given.repairs ? `again after order 1: ${own}` : own;
};

const placed: fc.Arbitrary<Order> = fc
  .record({
    stream: arbitraryStream,
    action: fc.constantFrom<Action>("pause", "pause", "pause", "disable", "enable"),
    authority,
    number: fc.integer({ min: 1, max: 60 }),
  })
  .map((value) => ({
    ...value,
    ...(value.action === "disable" && { resumeTime: "2026-11-28T12:00:00Z" }),
    reason: reasonOf(value.authority, value.action),
    placedAt: at(0),
    attempts: [],
  }));

const attempts = fc.array(fc.constantFrom("unknown" as const, "not-done" as const), { maxLength: 3 });
const callbacks = fc.array(
  fc.record({
    event: fc.constantFrom("began" as const, "ended" as const),
    startedAt: fc.integer({ min: -40, max: 20 }).map(at),
    receivedAt: fc.integer({ min: 1, max: 200 }).map(at),
  }),
  { maxLength: 6 },
);
const statistics = maybe(fc.constantFrom("verified" as const, "unverified" as const));
const without = fc.constantFrom("refused" as const, "failed" as const, "superseded" as const, "held" as const);

/** The states of an order, as its worker, later callbacks and the statistics write them. */
export const orderStates: fc.Arbitrary<Order[]> = fc
  .record({
    placed,
    attempts,
    isSent: fc.boolean(),
    isVerified: fc.boolean(),
    without: maybe(without),
    callbacks,
    statistics,
  })
  .map((story) => {
    const states: Order[] = [story.placed];
    const { action } = story.placed;
    const tried: Attempt[] = story.attempts.map((result, place) => ({ at: at(place + 1), result }));
    if (tried.length > 0) states.push({ ...story.placed, attempts: tried });
    const sentAt = at(tried.length + 1);
    const all: Attempt[] = story.isSent
      ? [...tried, { at: sentAt, result: "sent", doneBetween: [sentAt, sentAt] }]
      : tried;
    const hasUnknown = tried.some(({ result }) => result === "unknown");
    const effect: Outcome = action === "pause" ? "accepted" : story.isVerified ? "verified" : "unverified";
    const outcome: Outcome = story.isSent ? effect : hasUnknown ? "unknown" : (story.without ?? "refused");
    const ended: Order = { ...story.placed, attempts: all, outcome, endedAt: at(10) };
    states.push(ended);
    let order = ended;
    const learn = (update: Partial<Order>) => {
      const { proof: _before, ...rest } = order;
      order = definedOnly({ ...rest, ...update });
      states.push(order);
    };
    for (const seen of story.callbacks) {
      const update = learnFrom(seen, order);
      if (update) learn(definedOnly({ ...update }));
    }
    const isOpen = action === "pause" && (order.outcome === "accepted" || order.outcome === "unknown");
    if (story.statistics && isOpen) learn({ outcome: story.statistics, proof: { by: "statistics", at: at(300) } });
    return states;
  });

export const orderLife: fc.Arbitrary<Life> = fc
  .record({ states: orderStates, report: maybe(reportRecord), earlier: fc.array(orderStates, { maxLength: 4 }) })
  .map(({ states, report, earlier }) => {
    const [first] = states;
    if (!first) throw new Error("an order has a state");
    const before = earlier
      .flatMap((each) => each.at(-1) ?? [])
      .slice(0, first.number - 1)
      .map((each, place) => ({ ...each, stream: first.stream, number: first.number - 1 - place }));
    return lifeOf(
      states.map((order) => ({ kind: "order" as const, order, earlier: before, ...(report && { report }) })),
    );
  });
