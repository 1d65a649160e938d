/**
 * The `json-mapping` source: a vendor without an adapter. The policy states how its requests are authenticated (json-mapping-proof.ts)
 * and which JSON pointers lead to the fields of a claim (json-mapping-claim.ts). One request makes one claim, or with `each` one claim for
 * every element of a list.
 */
import { OffairError } from "../core/errors.ts";
import type { Issue } from "../core/issues.ts";
import { shortHash } from "../core/sha256.ts";
import { invalid } from "./invalid.ts";
import { idOf, type Reading, readClaim } from "./json-mapping-claim.ts";
import { type JsonMappingEntry, type MappedDocument, prove } from "./json-mapping-proof.ts";
import { listReadInPart, textAt, valueAt } from "./pointer.ts";
import type { Source, Translation } from "./source.ts";
import type { Domains } from "./stream-url.ts";
import { quoteLabel } from "./vendor-labels.ts";

/** Elements of a list. The reports of one request are one queue message, whose size SQS limits. */
const MAX_ELEMENTS = 50;

const ELEMENT = /^\/item(?=\/|$)/;

export function createJsonMapping(entry: JsonMappingEntry, policy: Domains): Source {
  const { authentication, each } = entry;
  const isSigned = authentication.scheme === "hmac";
  return {
    success: entry.success,
    answersIssues: false,
    bodyless: !isSigned, // some vendors send only a query; with a signed body, one empty body's signature would fit every query
    gzip: isSigned && authentication.gzip,

    verify(request, secrets, now) {
      prove(authentication, request, secrets, now);
      return {}; // the message id is read in translate
    },

    translate(body, { query, headers }, now) {
      const isOfElement = entry.when !== undefined && ELEMENT.test(entry.when.at);
      // May also look at unsigned headers, because some vendors name the kind of message there: altering one adds no content.
      if (!isOfElement && !isReport(entry.when, { body, query, headers })) return { kind: "nothing" };
      // The claim is read from signed parts only: the others can be altered in transit.
      const document = isSigned ? { body, query: {}, headers: {} } : { body, query, headers };
      if (each === undefined) {
        const { ids, claim, issues } = readClaim(entry, document, policy, now);
        if (!claim) throw invalid(issues);
        const others = othersOf(document, fieldsOf(entry));
        return {
          kind: "claims",
          ...(entry.id && { id: idOf(ids) }),
          claims: [claim],
          ...(others.length > 0 && { unread: unreadIn(document, others) }),
        };
      }
      const readings = elementsOf(document, each).flatMap((item, index): Reading[] => {
        const ofElement = { ...document, item };
        try {
          if (isOfElement && !isReport(entry.when, ofElement)) return [];
          const { issues, ...reading } = readClaim(entry, ofElement, policy, now);
          const others = reading.claim ? othersOf(ofElement, fieldsOf(entry)) : [];
          return [{ ...reading, issues: placed([...issues, ...others], each, index) }];
        } catch (error) {
          if (!(error instanceof OffairError)) throw error;
          return [{ ids: [], issues: placed(error.details.issues ?? [], each, index) }];
        }
      });
      return gather(readings, entry.id, document);
    },
  };
}

/**
 * Whether the policy's `when` matches the request. Values are compared as text, as labels are, because some vendors quote numbers.
 *
 * @throws OffairError `ERR_REPORT_INVALID` if the field is missing or nested, because a vendor that moves it would otherwise be ignored;
 *   if it is in one of several elements, because any of the others may be a report; and if the policy lists what it ignores and this is
 *   not among it, because the vendor may have a new value for a violation.
 */
function isReport(when: JsonMappingEntry["when"], document: MappedDocument): boolean {
  if (!when) return true;
  const value = valueAt(document, when.at);
  const text = typeof value === "boolean" || value === "" || value === null ? String(value) : textAt(document, when.at);
  if (text === undefined) throw invalid([{ pointer: when.at, message: "is missing, or is not a plain value" }]);
  const isAmong = (values: readonly unknown[]): boolean => value !== null && values.some((one) => String(one) === text);
  if (isAmong(when.in)) return true;
  if (when.ignore && !isAmong(when.ignore)) {
    throw invalid([{ pointer: when.at, message: `${quoteLabel(text)} is neither in when.in nor in when.ignore` }]);
  }
  const others = othersOf(document, [when.at]);
  if (others.length > 0) throw invalid(others);
  return false;
}

/** What a report is about; a score or a time may well be the first of several. */
const fieldsOf = ({ category, stream }: JsonMappingEntry): unknown[] => [category, ...Object.values(stream)];

/** An issue for each list of which the policy reads one element although there are others. */
function othersOf(document: MappedDocument, fields: readonly unknown[]): Issue[] {
  const lists = fields.flatMap((field) => (typeof field === "string" ? (listReadInPart(document, field) ?? []) : []));
  const message = "has elements that the policy does not read: name the list in each";
  return [...new Set(lists)].map((pointer) => ({ pointer, message }));
}

const unreadIn = ({ body, query }: MappedDocument, issues: readonly Issue[]) => ({
  part: `unread-${shortHash([body, query, issues])}`,
  issues,
});

/** @throws OffairError `ERR_REPORT_INVALID` if there is no list, because a vendor that moves it would otherwise be ignored. */
function elementsOf(document: MappedDocument, each: string): readonly unknown[] {
  const list = valueAt(document, each);
  if (!Array.isArray(list)) throw invalid([{ pointer: each, message: "is not a list" }]);
  if (list.length <= MAX_ELEMENTS) return list;
  throw invalid([{ pointer: each, message: `has more than ${MAX_ELEMENTS} elements` }]);
}

const placed = (issues: readonly Issue[], each: string, index: number): Issue[] =>
  issues.map(({ pointer, message }) => ({ pointer: pointer.replace(ELEMENT, `${each}/${index}`), message }));

/** Makes claims of the elements that can be read, and leaves the others to a person. */
function gather(readings: readonly Reading[], id: JsonMappingEntry["id"], document: MappedDocument): Translation {
  const unread = readings.flatMap(({ issues }) => issues);
  const read = readings.flatMap(({ ids, claim }) => (claim ? [{ ids, claim }] : []));
  if (read.length === 0 && unread.length > 0) throw invalid(unread);
  const [first] = read;
  if (!first) return { kind: "nothing" };
  const isOfElement = (id ?? []).map((pointer) => ELEMENT.test(pointer));
  const partsOf = (ids: Reading["ids"], ofElement: boolean) =>
    ids.filter((_, index) => isOfElement[index] === ofElement);
  const common = partsOf(first.ids, false);
  return {
    kind: "claims",
    ...(id && {
      id: common.length > 0 ? idOf(common) : "item",
      parts: distinct(read.map(({ ids }, index) => shortPart(partsOf(ids, true)) ?? String(index))),
    }),
    claims: read.map(({ claim }) => claim),
    ...(unread.length > 0 && { unread: unreadIn(document, unread) }),
  };
}

function shortPart(ids: Reading["ids"]): string | undefined {
  if (ids.length === 0) return undefined;
  const part = idOf(ids);
  return part.length <= 64 ? part : shortHash(part);
}

/** Numbers equal names, so that no element counts as a repetition of another one of the same message. */
function distinct(parts: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return parts.map((part) => {
    const times = seen.get(part) ?? 0;
    seen.set(part, times + 1);
    return times === 0 ? part : `${part}/${times}`;
  });
}
