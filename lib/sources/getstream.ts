/**
 * The `getstream` source: the review queue of GetStream's moderation. Grade C: the signature covers the body, but no time that is checked
 * and no message id. The item's `entity_id`, which you choose when you send it for moderation, is `domain/app/stream`.
 *
 * Documented (Webhooks, read 2026-11-29): `review_queue_item.new` when an item is flagged first, with its flags;
 * `review_queue_item.updated` for further flags or for an action of a moderator, with the new flags or the action; other events, which have no flags. Documented in
 * the vendor's own libraries (stream-node, 2026-05-12): HMAC-SHA256 in hex over the uncompressed body, which may be gzip; a flag has
 * `created_at`, `type`, `user_id`, `labels` and `reason`, and no id. Inferred: that these are the same each time a flag is sent, and that
 * flags may be sent again together with new ones.
 *
 * @see https://getstream.io/moderation/docs/api/webhooks
 */
import { instantSchema } from "../core/instant.ts";
import type { Issue } from "../core/issues.ts";
import { shortHash } from "../core/sha256.ts";
import type { SourceEntry } from "../policy/policy.ts";
import type { Claim } from "../reports/claim.ts";
import { invalid } from "./invalid.ts";
import { idOf, proseOf } from "./json-mapping-claim.ts";
import { prove } from "./json-mapping-proof.ts";
import { isObject, listAt, textAt, valueAt } from "./pointer.ts";
import type { Source } from "./source.ts";
import { type Domains, streamOfPath } from "./stream-url.ts";
import { gatherClaims, knownStream, quoteLabel } from "./vendor-labels.ts";

type Entry = Pick<Extract<SourceEntry, { adapter: "getstream" }>, "categories">;

const SIGNATURE = {
  scheme: "hmac",
  header: "x-signature",
  algorithm: "sha256",
  encoding: "hex",
  prefix: "",
  gzip: true,
} as const;

/** The reports of one message are one queue message, whose size SQS limits. */
const MAX_FLAGS = 50;

export function createGetStream({ categories }: Entry, policy: Domains): Source {
  return {
    success: { status: 200, body: {} },
    answersIssues: false,
    gzip: true,

    verify(request, secrets, now) {
      prove(SIGNATURE, request, secrets, now);
      return {};
    },

    translate(payload, _request, now) {
      const flags = valueAt(payload, "/flags") ?? [];
      if (!Array.isArray(flags)) throw invalid([{ pointer: "/flags", message: "is not a list" }]);
      if (flags.length === 0) return withoutFlags(payload);
      if (flags.length > MAX_FLAGS) throw invalid([{ pointer: "/flags", message: `has more than ${MAX_FLAGS} flags` }]);

      const item = "/review_queue_item";
      const [id, path] = [textAt(payload, `${item}/id`), textAt(payload, `${item}/entity_id`)];
      if (id === undefined) throw invalid([{ pointer: `${item}/id`, message: "is missing" }]);
      const readings = flags.map((flag, index) => readFlag(flag, `/flags/${index}`, categories));
      const found = readings.flatMap(({ labels }) => labels);
      const stream = knownStream(streamOfPath(path ?? "", policy), `${item}/entity_id`, found);
      const issues = readings.flatMap((reading) => reading.issues);
      const read = new Map<string, Claim>(); // by part: a flag that is in the message twice makes one report
      for (const { identity, labels, occurredAt, vendor, note } of readings) {
        const { claims } = gatherClaims(labels, { stream, now, vendor, note });
        for (const claim of claims) {
          read.set(`${identity}/${claim.category}`, { ...claim, ...(occurredAt !== undefined && { occurredAt }) });
        }
      }
      if (read.size === 0) throw invalid(issues);
      const part = `unread-${shortHash(readings.map(({ identity, issues: { length } }) => length > 0 && identity))}`;
      return {
        kind: "claims",
        id: idOf([id]),
        claims: [...read.values()],
        parts: [...read.keys()],
        ...(issues.length > 0 && { unread: { part, issues } }),
      };
    },
  };
}

/** Reads the labels of one flag; several of one category make one claim. */
function readFlag(flag: unknown, pointer: string, categories: Entry["categories"]) {
  const [createdAt, type, reason] = ["/created_at", "/type", "/reason"].map((name) => textAt(flag, name));
  const user = textAt(flag, "/user_id") ?? textAt(flag, "/user/id");
  const all = listAt(flag, "/labels");
  const issues: Issue[] = [];
  if (all.length === 0) issues.push({ pointer: `${pointer}/labels`, message: "has no label" });
  const labels = all.flatMap((label, index) => {
    const name = typeof label === "string" ? label : "";
    const category = Object.hasOwn(categories, name) ? categories[name] : undefined;
    if (category !== undefined) return [{ category, words: quoteLabel(name) }];
    issues.push({
      pointer: `${pointer}/labels/${index}`,
      message: `${quoteLabel(name)} is not among the source's categories`,
    });
    return [];
  });
  // A flag has no id; these do not change when it is sent again.
  const identity = shortHash([createdAt ?? flag, type, user, reason, all]);
  return {
    identity,
    labels,
    issues,
    occurredAt: instantSchema.safeParse(createdAt).data,
    vendor: type === undefined ? "GetStream" : `GetStream, flag ${quoteLabel(type)}`,
    note: reason === undefined ? "" : `; ${proseOf(reason).slice(0, 500)}`,
  };
}

/** Sent for every check, also of content without a flag; flags have an event of their own. */
const CHECKED = "moderation_check.completed";
const OF_MODERATION = /^(moderation|review_queue)/i;

/**
 * Accepts an event that says nothing of new flags.
 *
 * @throws OffairError `ERR_REPORT_INVALID` for a flagged item without flags, and for every other event about moderation, such as a rule
 *   that content met: no page says that its flag is sent in another event too.
 */
function withoutFlags(payload: unknown): { readonly kind: "nothing" } {
  const type = textAt(payload, "/type");
  const isAction = type === "review_queue_item.updated" && isObject(valueAt(payload, "/action"));
  const isOther = type !== undefined && (type === CHECKED || !OF_MODERATION.test(type));
  if (isAction || isOther) return { kind: "nothing" };
  throw invalid([
    type === undefined ? { pointer: "/type", message: "is missing" } : { pointer: "/flags", message: "has no flag" },
  ]);
}
