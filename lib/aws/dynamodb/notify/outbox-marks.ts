/**
 * Defines which writes put an item into the outbox: those that may give an event (lib/events/events-of.ts). The two attributes are written in
 * the same request as the item, so that no crash can separate an outcome from its event. They are the key of the sparse index `outbox`, which
 * has only items with unpublished events, deliveries to try again and replays to continue (docs/adr/0029).
 */
import { randomUUID } from "node:crypto";
import { isOfCanary } from "../../../core/canary.ts";
import type { ItemKey } from "../../../notify/stores.ts";

/** The attributes of the index. `outboxAt` begins with the time at which the item is due, and changes with every write. */
export interface OutboxMark {
  readonly outbox: typeof PARTITION;
  readonly outboxAt: string;
}

/** One partition: ADR 29 has its load. */
export const PARTITION = "open";

/** The marks of two writes of one millisecond differ. */
export const markAt = (at: Date): OutboxMark => ({
  outbox: PARTITION,
  outboxAt: `${at.toISOString()}#${randomUUID()}`,
});

type Item = Readonly<Record<string, unknown>>;

interface Rule {
  readonly pk: string;
  readonly sk: string;
  /** Whether a new item may give an event. */
  readonly put: (item: Item) => boolean;
  /** The attributes whose change may give an event. */
  readonly attributes: readonly string[];
}

const always = (): boolean => true;
const never = (): boolean => false;

const CASE = ["outcome", "review", "verdict", "alarms", "openedAt", "dueAt"] as const;
const RULES: readonly Rule[] = [
  { pk: "REPORT#", sk: "REPORT", put: always, attributes: CASE },
  { pk: "REPORT#", sk: "UNTRANSLATED", put: always, attributes: CASE },
  {
    ...{ pk: "STREAM#", sk: "ORDER#" },
    put: ({ outcome, authority }) => outcome !== undefined || hasRepublish(authority),
    attributes: ["outcome", "proof", "push"],
  },
  { pk: "OPERATOR#", sk: "PLAN", put: always, attributes: [] },
  { pk: "OPERATOR#", sk: "STATE", put: never, attributes: ["approval", "applied", "cancelled"] },
  { pk: "CONTROL", sk: "CHANGE#", put: always, attributes: [] },
  { pk: "NOTICE#", sk: "", put: always, attributes: [] }, // a blocked key: admission-store.ts
];

/** An order that acts again is an event when it is placed: the stream was pushed again. */
const hasRepublish = (authority: unknown): boolean =>
  typeof authority === "object" && authority !== null && "republish" in authority;

const ruleOf = ({ pk, sk }: ItemKey): Rule | undefined =>
  isOfCanary(pk.replace(/^REPORT#/, ""))
    ? undefined
    : RULES.find((rule) => pk.startsWith(rule.pk) && sk.startsWith(rule.sk));

/** @returns the mark of a new item; undefined if it gives no event. */
export const markOfPut = (item: ItemKey & Item, at: Date): OutboxMark | undefined =>
  ruleOf(item)?.put(item) ? markAt(at) : undefined;

/** @param attributes - the names of those that the write sets, appends to or removes. */
export const markOfUpdate = (key: ItemKey, attributes: readonly string[], at: Date): OutboxMark | undefined =>
  ruleOf(key)?.attributes.some((name) => attributes.includes(name)) ? markAt(at) : undefined;

export const isInOutbox = ({ outbox }: Item): boolean => outbox === PARTITION;
