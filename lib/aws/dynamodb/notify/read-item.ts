/**
 * Reads an item of the outbox, with what its events need besides. Items are validated, because what they say is sent to the platform. Reads
 * are strongly consistent.
 */
import * as z from "zod";
import { OffairError } from "../../../core/errors.ts";
import type { ReportRecord, UntranslatedRecord } from "../../../decisions/report-record.ts";
import { auditNoticeSchema } from "../../../events/audit-notice.ts";
import type { LedgerItem } from "../../../events/ledger-item.ts";
import { HUAWEI_USER } from "../../../events/types/huawei-user.ts";
import type { ItemKey } from "../../../notify/stores.ts";
import { parsePlan } from "../../../plans/load-plan.ts";
import type { OperatorPlan } from "../../../plans/plan.ts";
import { createLedgerPlans } from "../plans.ts";
import { type Item, type LedgerTable, parseItem, unwrap } from "../table.ts";

const instant = z.iso.datetime();
const recordSchema = z.looseObject({ key: z.string().min(1), decidedAt: instant });
const headSchema = z.object({ head: z.string() });
const changeSchema = z.looseObject({ changedAt: instant, changedBy: z.string(), reason: z.string() });
const blockedSchema = z.object({ blocked: z.object({ since: instant, until: instant.exactOptional() }) });

/** The kinds of items that give events, other than orders, by the prefixes of their keys. */
const KINDS: readonly (readonly [pk: string, sk: string, read: ReadKind])[] = [
  [
    ...(["REPORT#", "REPORT"] as const),
    async (_, item) => ({ kind: "report", report: parsed<ReportRecord>(recordSchema, item, "a report") }),
  ],
  [
    ...(["REPORT#", "UNTRANSLATED"] as const),
    async (_, item) => ({
      kind: "untranslated",
      untranslated: parsed<UntranslatedRecord>(recordSchema, item, "an untranslated message"),
    }),
  ],
  [...(["OPERATOR#", "PLAN"] as const), async (key, item) => ({ kind: "plan", plan: planOf(key, item) })],
  [...(["OPERATOR#", "STATE"] as const), readState],
  [
    ...(["CONTROL", "CHANGE#"] as const),
    async (_, item) => ({ kind: "change", change: parseItem(changeSchema, unwrap(item), "a change of the mode") }),
  ],
  [
    ...(["NOTICE#", ""] as const),
    async (_, item) => ({ kind: "notice", notice: parseItem(auditNoticeSchema, item, "a notice of an audit") }),
  ],
  [...(["KEY#", ""] as const), readKey],
];

type ReadKind = (key: ItemKey, item: Item, table: LedgerTable) => Promise<LedgerItem | undefined>;

/** Validates the attributes that every reader relies on; the rest is as the ledger's own functions wrote it. */
function parsed<T>(schema: z.ZodType, item: Item, what: string): T {
  parseItem(schema, item, what);
  return unwrap<T>(item);
}

const orderIdOf = ({ pk }: ItemKey): string => pk.slice("OPERATOR#".length);

function planOf(key: ItemKey, item: Item): OperatorPlan {
  const orderId = orderIdOf(key);
  return parsePlan(orderId, parseItem(headSchema, item, `the plan ${orderId}`).head).plan;
}

async function readState(key: ItemKey, _item: Item, table: LedgerTable): Promise<LedgerItem> {
  const orderId = orderIdOf(key);
  const head = await table.get({ pk: key.pk, sk: "PLAN" });
  if (!head) throw new OffairError("ERR_LEDGER", `the plan ${orderId} has a state, but no head`);
  const plan = planOf(key, head);
  const plans = createLedgerPlans(table);
  const state = await plans.readPlanState(orderId);
  const isOnStreams = state.applied !== undefined && plan.action !== "reject";
  return { kind: "plan-state", plan, state, results: isOnStreams ? await plans.listBatchResults(orderId) : [] };
}

async function readKey({ pk, sk }: ItemKey, item: Item): Promise<LedgerItem | undefined> {
  const user = pk.slice("KEY#".length);
  if (!HUAWEI_USER.test(user)) return undefined;
  const { blocked } = parseItem(blockedSchema, item, "the state of an access key");
  return { kind: "key", user, keyHash: sk, ...blocked };
}

/**
 * @returns undefined if the key is of no kind that gives events, without reading anything, or there is no item.
 * @throws OffairError `ERR_LEDGER`, `ERR_PLAN_ALTERED`
 */
export async function readItem(
  key: ItemKey,
  table: LedgerTable,
): Promise<{ readonly item: Item; readonly complete: () => Promise<LedgerItem | undefined> } | undefined> {
  const kind = KINDS.find(([pk, sk]) => key.pk.startsWith(pk) && isName(key.sk, sk));
  const item = kind && (await table.get(key));
  return item && { item, complete: () => kind[2](key, item, table) };
}

/** `CHANGE#…` and `NOTICE#…` have names of their own; the other names are whole. */
const isName = (sk: string, name: string): boolean =>
  name === "" ? sk !== "" : name.endsWith("#") ? sk.startsWith(name) : sk === name;
