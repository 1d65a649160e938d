/**
 * The `sightengine` source: callbacks of Sightengine's video and live stream moderation. Grade B: the signature covers the time and the
 * body, but there is no signed message id.
 *
 * Documented (read 2026-11-29): the header, the signed text, a secret that begins with `casec_`, `media.id`, `data`, `data.status`,
 * callbacks at an event, at the end and at an error, and that a workflow accepts or rejects a video. Inferred from responses to other
 * requests and from open-source receivers: `media.uri`, `data.frames[]` (an array, or one frame alone), `info.position` in a frame, scores
 * from 0 to 1 by model and class, the statuses, and `summary.action` (`accept` or `reject`) beside `data`.
 *
 * @see https://sightengine.com/docs/callback-signature, https://sightengine.com/docs/receive-video-moderation-callbacks,
 *   https://sightengine.com/docs/video-moderation-workflows
 */
import { createHmac } from "node:crypto";
import { OffairError } from "../core/errors.ts";
import type { Issue } from "../core/issues.ts";
import type { SourceEntry } from "../policy/policy.ts";
import { invalid } from "./invalid.ts";
import { isObject, numberAt, textAt, valueAt } from "./pointer.ts";
import { checkAge, fitsAny, headerOf, isEqual, refuse, secondsOf } from "./signatures.ts";
import type { Source, SourceRequest } from "./source.ts";
import { type Domains, streamOfUrl } from "./stream-url.ts";
import { gatherClaims, knownStream, quoteLabel, type VendorLabel } from "./vendor-labels.ts";

type Entry = Pick<Extract<SourceEntry, { adapter: "sightengine" }>, "categories" | "minScore">;

const HEADER = "sightengine-signature";

/** The key is the whole text, including `casec_`. */
const SECRET = /^casec_[\x21-\x7e]{16,256}$/;

/** A header has one signature per secret in use; each costs a comparison. */
const MAX_SIGNATURES = 16;

export function createSightengine({ categories, minScore }: Entry, policy: Domains): Source {
  return {
    success: { status: 200 },
    answersIssues: false,

    verify(request, secrets, now) {
      if (!secrets.every((secret) => SECRET.test(secret))) {
        throw new OffairError("ERR_SECRET", "a secret of this source is not casec_ and 16 to 256 visible characters");
      }
      const { time, signatures } = readHeader(request);
      checkAge(HEADER, secondsOf(HEADER, time), now);
      const proven = fitsAny(secrets, (secret) => {
        const mac = createHmac("sha256", secret).update(`${time}.`).update(request.body).digest("hex");
        return signatures.filter((signature) => isEqual(signature, mac)).length > 0; // compares all, for constant time
      });
      if (!proven) throw refuse(HEADER, `${HEADER} does not fit the time, the body and a secret`);
      return {};
    },

    translate(payload, _request, now) {
      const frames = framesOf(payload);
      if (frames.length === 0) return withoutFrames(payload);
      const odd = frames
        .filter(({ value }) => !isObject(value))
        .map(({ pointer }) => ({ pointer, message: "is no frame" }));
      const seen = frames.flatMap((frame) => scoresOf(frame, categories));
      if (seen.length === 0) {
        throw invalid([{ pointer: "/data/frames", message: "no frame has a score for a label in categories" }]);
      }
      const high = seen.filter(({ score }) => score >= minScore);
      if (high.length === 0) return withoutFinding(payload, odd);
      // Read from the signed body. The query of the callback URL is unsigned.
      const stream = knownStream(streamOfUrl(valueAt(payload, "/media/uri"), policy), "/media/uri", high, odd);
      // Only scores from minScore up enter the parts, so that frames without a finding do not change the id.
      const { claims, parts } = gatherClaims(high, { stream, now, vendor: "Sightengine" });
      const id = textAt(payload, "/media/id");
      const isPlain = id !== undefined && /^[\w-]{1,128}$/.test(id);
      return {
        kind: "claims",
        ...(isPlain && parts && { id, parts }), // without an id, the body's hash is used
        claims,
        ...(odd.length > 0 && { unread: { part: `unread/${frames.length}`, issues: odd } }),
      };
    },
  };
}

/** Parses `t=<Unix seconds>,v1=<hex>`; elements of later versions are ignored, as documented. */
function readHeader(request: SourceRequest): {
  readonly time: string | undefined;
  readonly signatures: readonly string[];
} {
  const elements = headerOf(request, HEADER).split(",");
  const valuesOf = (name: string): string[] =>
    elements.filter((element) => element.startsWith(name)).map((element) => element.slice(name.length));
  const times = valuesOf("t=");
  const signatures = valuesOf("v1=");
  if (times.length > 1 || signatures.length === 0 || signatures.length > MAX_SIGNATURES) {
    throw refuse(HEADER, `${HEADER} is not one t and 1 to ${MAX_SIGNATURES} of v1`);
  }
  return { time: times[0], signatures };
}

interface Frame {
  readonly pointer: string;
  readonly value: unknown;
}

/** @throws OffairError `ERR_REPORT_INVALID` if there is something else in the place of frames. */
function framesOf(payload: unknown): Frame[] {
  const frames = valueAt(payload, "/data/frames") ?? [];
  if (Array.isArray(frames)) return frames.map((value, index) => ({ pointer: `/data/frames/${index}`, value }));
  if (isObject(frames)) return [{ pointer: "/data/frames", value: frames }];
  throw invalid([{ pointer: "/data/frames", message: "is neither a frame nor a list of frames" }]);
}

interface ScoredLabel extends VendorLabel {
  readonly score: number;
  readonly position: number | undefined;
}

/** The scores of one frame for every label in the policy. Models that did not run have no score. */
function scoresOf({ pointer, value }: Frame, categories: Entry["categories"]): ScoredLabel[] {
  const position = numberAt(value, "/info/position");
  return Object.entries(categories).flatMap(([label, category]) => {
    const score = valueAt(value, `/${label}`);
    if (score === undefined) return [];
    if (typeof score === "number" && score >= 0 && score <= 1)
      return [{ category, words: quoteLabel(label), score, position }];
    throw invalid([{ pointer: `${pointer}/${label}`, message: "is not a number from 0 to 1" }]);
  });
}

/** Statuses of a job in the vendor's examples. */
const STATUSES = new Set(["ongoing", "finished", "stopped", "failure"]);

/**
 * Accepts a callback about the status of a job. A failed job is not reviewed, because a job also fails when its stream is cut.
 *
 * @throws OffairError `ERR_REPORT_INVALID` for another status, or for nested data: it may be an event in another shape, because the shape
 *   of frames is inferred.
 */
function withoutFrames(payload: unknown): { readonly kind: "nothing" } {
  const data = valueAt(payload, "/data");
  const status = textAt(data, "/status");
  if (status === undefined) throw invalid([{ pointer: "/data", message: "has neither frames nor a status" }]);
  if (!STATUSES.has(status)) throw invalid([{ pointer: "/data/status", message: "is not a known status" }]);
  if (hasMore(data, ["error", "summary"])) throw invalid([{ pointer: "/data", message: "has data outside frames" }]);
  if (hasMore(payload, ["data", "media", "error", "request", ...WORKFLOW])) {
    throw invalid([{ pointer: "", message: "has data outside data" }]);
  }
  return withoutFinding(payload);
}

const WORKFLOW = ["summary", "workflow"];

const hasMore = (value: unknown, known: readonly string[]): boolean =>
  Object.entries(Object(value)).some(
    ([name, inner]) => !known.includes(name) && Object.keys(Object(typeof inner === "object" ? inner : {})).length > 0,
  );

/**
 * Accepts a callback in which no frame reaches minScore.
 *
 * @throws OffairError `ERR_REPORT_INVALID` if a frame could not be read, or if the summary of a workflow, which has rules of its own, or an
 *   action beside it does not accept the video.
 */
function withoutFinding(payload: unknown, issues: readonly Issue[] = []): { readonly kind: "nothing" } {
  const rejected = ["/summary", "/data/summary"].filter((pointer) => {
    const summary = valueAt(payload, pointer) ?? undefined;
    return summary !== undefined && textAt(summary, "/action")?.toLowerCase() !== "accept";
  });
  const acted = ["/action", "/data/action", "/workflow/action"].filter(
    (pointer) => (textAt(payload, pointer)?.toLowerCase() ?? "accept") !== "accept",
  );
  const all = [
    ...issues,
    ...[...rejected, ...acted].map((pointer) => ({
      pointer,
      message: "does not accept the video, and no frame says why",
    })),
  ];
  if (all.length > 0) throw invalid(all);
  return { kind: "nothing" };
}
