/**
 * The `huawei-moderation` source: callbacks of a video stream job of Huawei Cloud Content Moderation. Grade D: the signature proves only
 * that one of the account's own jobs sent a message; neither the findings nor the stream's URL are signed.
 *
 * Documented (page of 2024-11-04): the signed text and its key, the seed (up to 64 letters, digits and underscores), the body (the same as
 * a query of the job returns), and a 200 within three seconds. Inferred, because the pages on streams are gone: the signature is in hex,
 * callbacks of one job differ in the times of their segments, `suggestion` of a segment covers its details, and there are no other lists of
 * findings than `image_detail` and `audio_detail`.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-moderation/moderation_03_0071.html (`seed`), moderation_03_0072.html (the body)
 */
import { createHmac } from "node:crypto";
import { OffairError } from "../core/errors.ts";
import type { Issue } from "../core/issues.ts";
import { parseJsonForProof } from "../core/parse-json.ts";
import { shortHash } from "../core/sha256.ts";
import type { SourceEntry } from "../policy/policy.ts";
import type { Category } from "../reports/claim.ts";
import { invalid } from "./invalid.ts";
import { listAt, numberAt, textAt, valueAt } from "./pointer.ts";
import { fitsAny, headerOf, isEqualHex, refuse } from "./signatures.ts";
import type { Source } from "./source.ts";
import { type Domains, streamOfUrl } from "./stream-url.ts";
import { gatherClaims, knownStream, latestOf, listed, quoteLabel, type VendorLabel } from "./vendor-labels.ts";

type Entry = Pick<Extract<SourceEntry, { adapter: "huawei-moderation" }>, "categories">;

const HEADER = "x-auth-signature";

/** At most 64 characters, as documented; at least 16, because a shorter seed can be found from one callback by brute force. */
const SEED = /^\w{16,64}$/;

export function createHuaweiModeration({ categories }: Entry, policy: Domains): Source {
  return {
    success: { status: 200 },
    answersIssues: false,

    verify(request, secrets) {
      if (!secrets.every((seed) => SEED.test(seed))) {
        throw new OffairError("ERR_SECRET", "a seed of this source is not 16 to 64 letters, digits and underscores");
      }
      const signature = headerOf(request, HEADER);
      const payload = parseJsonForProof(request.body);
      // An example of the vendor's own SDK spells the name like this.
      const createTime = textAt(payload, "/create_time") ?? signed(payload, "craete_time", "create_time");
      const text = `${createTime}${signed(payload, "job_id")}${signed(payload, "request_id")}`;
      const proven = fitsAny(secrets, (seed) =>
        isEqualHex(createHmac("sha256", seed).update(`${text}${seed}`).digest("hex"), signature),
      );
      if (!proven) throw refuse(HEADER, `${HEADER} does not fit create_time, job_id, request_id and a seed`);
      return {}; // the signed ids name the job's message, not its findings: see idOf
    },

    translate(payload, _request, now) {
      const segments = flaggedSegments(payload);
      const detections = segments.flatMap((segment) => detectionsOf(segment, categories));
      const unlisted = unlistedIn(payload);
      if (detections.length === 0) return nothingFound(payload, unlisted);

      const findings: VendorLabel[] = detections.flatMap(({ category, ...rest }) =>
        category ? [{ category, ...rest }] : [],
      );
      const unmapped = detections.filter(({ category }) => category === undefined);
      const at = "/request_params/data/url";
      const stream = knownStream(streamOfUrl(valueAt(payload, at), policy), at, findings);
      const unknown = listed(unmapped.map(({ words }) => words));
      const issuesOfLabels = (message: string): Issue[] => [
        ...unmapped.slice(0, 1).map(({ pointer }) => ({ pointer, message: `${message}: ${unknown}` })),
        ...unlisted,
      ];
      if (findings.length === 0) throw invalid(issuesOfLabels("no flagged label is in categories"));
      const note = unmapped.length > 0 ? `; flagged too, and not in categories: ${unknown}` : "";
      const { claims, parts } = gatherClaims(findings, { stream, now, vendor: "Huawei Content Moderation", note });
      const id = idOf(payload);
      const issues = issuesOfLabels("not in categories");
      return {
        kind: "claims",
        ...(id !== undefined && parts && { id, parts }),
        claims,
        ...(issues.length > 0 && { unread: { part: unreadPart(unmapped), issues } }),
      };
    },
  };
}

interface PlacedValue {
  readonly pointer: string;
  readonly value: unknown;
}

/** `category` is absent if the policy maps the label to none. */
interface Detection extends Omit<VendorLabel, "category"> {
  readonly pointer: string;
  readonly category?: Category | undefined;
}

const LISTS: readonly string[] = ["/result/image_detail", "/result/audio_detail"];

/** Everything except the suggestion `pass`: an undocumented suggestion is not ignored. */
const isFlagged = ({ value }: PlacedValue): boolean => textAt(value, "/suggestion") !== "pass";

const placed = (parent: unknown, list: string, at = ""): PlacedValue[] =>
  listAt(parent, list).map((value, index) => ({ pointer: `${at}${list}/${index}`, value }));

/** A segment that may pass counts if one of its details may not. */
const flaggedSegments = (payload: unknown): PlacedValue[] =>
  LISTS.flatMap((list) => placed(payload, list)).filter(
    (segment) => isFlagged(segment) || listAt(segment.value, "/detail").some(isNotPassed),
  );

/** In a segment that may pass, a detail without a suggestion of its own passes too. */
const isNotPassed = (detail: unknown): boolean => (textAt(detail, "/suggestion") ?? "pass") !== "pass";

/** Values in the place of findings that are not read as such. */
function unlistedIn(payload: unknown): Issue[] {
  const details = LISTS.flatMap((list) => placed(payload, list)).map(({ pointer }) => `${pointer}/detail`);
  const notLists = [...LISTS, ...details].filter((list) => !Array.isArray(valueAt(payload, list) ?? []));
  const others = Object.entries(Object(valueAt(payload, "/result"))).filter(
    ([name, value]) =>
      name.endsWith("_detail") && !LISTS.includes(`/result/${name}`) && Object.keys(Object(value)).length > 0,
  );
  return [
    ...notLists.map((pointer) => ({ pointer, message: "is not a list" })),
    ...(others.length > 0
      ? [{ pointer: "/result", message: "has findings that are neither of images nor of sound" }]
      : []),
  ];
}

/** The detections of one segment. An audio segment has no category; its label takes that place. */
function detectionsOf({ pointer, value }: PlacedValue, categories: Entry["categories"]): Detection[] {
  const kind = textAt(value, "/category") ?? textAt(value, "/label");
  const position = positionOf(value);
  const suggestion = suggestionOf(value);
  const isCounted = isFlagged({ pointer, value }) ? isFlagged : (detail: PlacedValue) => isNotPassed(detail.value);
  const details = placed(value, "/detail", pointer).filter(isCounted);
  // The segment is flagged, but none of its details: report the segment itself.
  if (details.length === 0) return [{ pointer, position, ...named(categories, suggestion, kind) }];
  return details.map((detail) => ({
    pointer: detail.pointer,
    position,
    score: scoreOf(detail),
    ...named(
      categories,
      suggestionOf(detail.value) ?? suggestion,
      textAt(detail.value, "/category") ?? kind,
      textAt(detail.value, "/label"),
    ),
  }));
}

/** Finds the policy's category by the most specific name that it maps: `porn/pornography`, otherwise `porn`. */
function named(
  categories: Entry["categories"],
  suggestion = "review",
  kind?: string,
  label?: string,
): Pick<Detection, "category" | "words"> {
  const names = [kind !== undefined && label !== undefined ? `${kind}/${label}` : undefined, kind ?? label].filter(
    (name) => name !== undefined,
  );
  const known = names.find((name) => Object.hasOwn(categories, name));
  return {
    category: known === undefined ? undefined : categories[known],
    words: `${suggestion} ${quoteLabel(names[0] ?? "")}`,
  };
}

/** The two documented suggestions for flagged content; anything else is untrusted text. */
const suggestionOf = (value: unknown): "block" | "review" | undefined =>
  (["block", "review"] as const).find((suggestion) => suggestion === textAt(value, "/suggestion"));

/**
 * The score of a detection; undefined if a word list and not a classifier found it.
 *
 * @throws OffairError `ERR_REPORT_INVALID` for a score outside 0 to 1: guessing the scale could hide a violation from the rules.
 */
function scoreOf({ pointer, value }: PlacedValue): number | undefined {
  if (valueAt(value, "/confidence") === undefined) return undefined;
  const score = numberAt(value, "/confidence");
  if (score !== undefined && score >= 0 && score <= 1) return score;
  throw invalid([{ pointer: `${pointer}/confidence`, message: "is not a number from 0 to 1" }]);
}

/**
 * The message id: job id and request id. The parts of the claims add the times of the findings, because otherwise a later violation under
 * the same request id would count as a redelivery of the earlier one. Times are not signed: a captured callback can be replayed with other
 * times, which is why the grade limits its actions.
 *
 * @returns undefined if the hash of the body has to be the id.
 */
function idOf(payload: unknown): string | undefined {
  const ids = [textAt(payload, "/job_id"), textAt(payload, "/request_id")];
  return ids.every((id) => id !== undefined && /^[\w-]{1,64}$/.test(id)) ? ids.join("/") : undefined;
}

/** Names what could not be read by its latest time, which a later callback changes if it adds something. */
const unreadPart = (unmapped: readonly Detection[]): string => `unread/${latestOf(unmapped) ?? shortHash(unmapped)}`;

/** The position in the stream, in seconds; for audio, the end of the segment. */
const positionOf = (segment: unknown): number | undefined =>
  numberAt(segment, "/time") ?? numberAt(segment, "/end_time") ?? numberAt(segment, "/start_time");

/**
 * Accepts a callback without findings: a clean result, or the status of a job that is running or failed. A failed job is not reviewed,
 * because a job also fails when its stream is cut, and these reviews would hide the others.
 *
 * @param unlisted - values that are not read as findings, and may be some.
 */
function nothingFound(payload: unknown, unlisted: readonly Issue[]): { readonly kind: "nothing" } {
  const suggestion = textAt(payload, "/result/suggestion");
  const status = textAt(payload, "/status");
  if (unlisted.length > 0) throw invalid(unlisted);
  if (suggestion === "pass") return { kind: "nothing" };
  if (suggestion === undefined && (status === "running" || status === "failed")) return { kind: "nothing" };
  throw invalid([{ pointer: "/result", message: "has neither the suggestion pass nor any finding" }]);
}

/** Reads a signed member of the body as it is. */
function signed(payload: unknown, member: string, name = member): string {
  const value = textAt(payload, `/${member}`);
  if (value === undefined) throw refuse(name, `${name} is missing`);
  return value;
}
