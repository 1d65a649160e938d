/**
 * The `huawei-moderation` source: what a video stream job of Huawei Cloud Content Moderation found. Grade D: proven is that a job of ours
 * once sent something; neither what it found nor the address of the stream is signed. Documented: what is signed and by which key, the
 * seed's up to 64 letters, digits and underscores, the body (as a query of the job answers), and 200 within three seconds. Inferred, for
 * the pages on streams are gone: that the signature is in hex, and that callbacks of one job differ in the times of their segments.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-moderation/moderation_03_0071.html (`seed`), moderation_03_0072.html (the body)
 */
import { createHmac } from "node:crypto";
import { OffairError } from "../core/errors.ts";
import type { Issue } from "../core/issues.ts";
import type { SourceEntry } from "../policy/policy.ts";
import type { Category } from "../reports/claim.ts";
import { jsonOrNothing } from "./json-body.ts";
import { listAt, numberAt, textAt, valueAt } from "./pointer.ts";
import { fitsAny, headerOf, isEqualHex, refuse } from "./signatures.ts";
import type { Source } from "./source.ts";
import { type Domains, streamOfUrl } from "./stream-url.ts";
import { gatherClaims, latestOf, listed, quoteLabel, type VendorLabel } from "./vendor-labels.ts";

type Entry = Pick<Extract<SourceEntry, { adapter: "huawei-moderation" }>, "categories">;

const HEADER = "x-auth-signature";

/** 64 as documented; with fewer than 16 it could be found by trying, from one callback. */
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
      const payload = jsonOrNothing(request.body);
      // Spelt so in an example of the vendor's own SDK.
      const createTime = textAt(payload, "/create_time") ?? signed(payload, "craete_time", "create_time");
      const text = `${createTime}${signed(payload, "job_id")}${signed(payload, "request_id")}`;
      const proven = fitsAny(secrets, (seed) =>
        isEqualHex(createHmac("sha256", seed).update(`${text}${seed}`).digest("hex"), signature),
      );
      if (!proven) throw refuse(HEADER, `${HEADER} does not fit create_time, job_id, request_id and a seed`);
      return {}; // the ids name the job's message and not what was found: see idOf
    },

    translate(payload, _request, now) {
      const segments = flaggedSegments(payload);
      const detections = segments.flatMap((segment) => detectionsOf(segment, categories));
      if (detections.length === 0) return nothingFound(payload);

      const findings: VendorLabel[] = detections.flatMap(({ category, ...rest }) =>
        category ? [{ category, ...rest }] : [],
      );
      const unmapped = detections.filter(({ category }) => category === undefined);
      const stream = streamOfUrl(valueAt(payload, "/request_params/data/url"), policy);
      if ("issue" in stream) throw invalid([{ pointer: "/request_params/data/url", message: stream.issue }]);
      const unknown = listed(unmapped.map(({ words }) => words));
      const [first] = unmapped;
      if (findings.length === 0 && first) {
        throw invalid([{ pointer: first.pointer, message: `none of what is flagged is in categories: ${unknown}` }]);
      }
      const note = first ? `; flagged too, and not in categories: ${unknown}` : "";
      const { claims, parts } = gatherClaims(findings, { stream, now, says: "Huawei Content Moderation", note });
      const id = idOf(payload, unmapped);
      return { kind: "claims", ...(id !== undefined && parts && { id, parts }), claims };
    },
  };
}

interface PlacedValue {
  readonly pointer: string;
  readonly value: unknown;
}

/** `category` is absent where the policy has none for it. */
interface Detection extends Omit<VendorLabel, "category"> {
  readonly pointer: string;
  readonly category?: Category | undefined;
}

/** All but what is suggested to pass: a suggestion that nobody has documented is none to be quiet about. */
const isFlagged = ({ value }: PlacedValue): boolean => textAt(value, "/suggestion") !== "pass";

const placed = (parent: unknown, list: string, at = ""): PlacedValue[] =>
  listAt(parent, list).map((value, index) => ({ pointer: `${at}${list}/${index}`, value }));

const flaggedSegments = (payload: unknown): PlacedValue[] =>
  ["/result/image_detail", "/result/audio_detail"].flatMap((list) => placed(payload, list)).filter(isFlagged);

/** A segment of sound has no category: its label is what an image's category is. */
function detectionsOf({ pointer, value }: PlacedValue, categories: Entry["categories"]): Detection[] {
  const kind = textAt(value, "/category") ?? textAt(value, "/label");
  const position = positionOf(value);
  const suggestion = suggestionOf(value);
  const details = placed(value, "/detail", pointer).filter(isFlagged);
  // Flagged as a whole, though in no detail: still flagged.
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

/** The policy knows it by the most exact name it has: `porn/pornography`, else `porn`. */
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

/** Only the two that are documented for what is flagged; any other is a stranger's text. */
const suggestionOf = (value: unknown): "block" | "review" | undefined =>
  (["block", "review"] as const).find((suggestion) => suggestion === textAt(value, "/suggestion"));

/** Absent where a list of words answered and no classifier. Another scale is not guessed at: a score lost is a harm that no rule sees. */
function scoreOf({ pointer, value }: PlacedValue): number | undefined {
  if (valueAt(value, "/confidence") === undefined) return undefined;
  const score = numberAt(value, "/confidence");
  if (score !== undefined && score >= 0 && score <= 1) return score;
  throw invalid([{ pointer: `${pointer}/confidence`, message: "is not a number from 0 to 1" }]);
}

/**
 * The moments of what was found stand in the parts: without them a later violation under the same request id would be taken for the earlier
 * one sent again. What the policy has no category for is in no part, and yet something new. As no moment is signed, a captured callback can
 * be sent with another; what that may do is the grade's to cap.
 *
 * @returns undefined where the body is to be its own id.
 */
function idOf(payload: unknown, unmapped: readonly Detection[]): string | undefined {
  const ids = [textAt(payload, "/job_id"), textAt(payload, "/request_id")];
  if (!ids.every((id) => id !== undefined && /^[\w-]{1,64}$/.test(id))) return undefined;
  if (unmapped.length === 0) return ids.join("/");
  const latest = latestOf(unmapped);
  return latest === undefined ? undefined : [...ids, latest, "unmapped"].join("/");
}

/** Seconds into the stream; of sound, its end. */
const positionOf = (segment: unknown): number | undefined =>
  numberAt(segment, "/time") ?? numberAt(segment, "/end_time") ?? numberAt(segment, "/start_time");

/**
 * A clean end, or a word on the job: there is a result once it succeeded. That a job failed tells nothing of the stream, and what we cut
 * ends its job so: a review each time would bury the others.
 */
function nothingFound(payload: unknown): { readonly kind: "nothing" } {
  const suggestion = textAt(payload, "/result/suggestion");
  const status = textAt(payload, "/status");
  if (suggestion === "pass" || (suggestion === undefined && (status === "running" || status === "failed"))) {
    return { kind: "nothing" };
  }
  throw invalid([{ pointer: "/result", message: "neither suggests to pass nor says what was found" }]);
}

/** As it stands in the body. */
function signed(payload: unknown, member: string, name = member): string {
  const value = textAt(payload, `/${member}`);
  if (value === undefined) throw refuse(name, `${name} is missing`);
  return value;
}

const invalid = (issues: readonly Issue[]): OffairError =>
  new OffairError("ERR_REPORT_INVALID", "the result of the job is not as documented", { issues });
