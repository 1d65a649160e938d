/** The interface of a source adapter: it authenticates a request and translates its payload into claims. One file per adapter. */
import type { Issue } from "../core/issues.ts";
import type { Stream } from "../core/stream.ts";
import type { Claim } from "../reports/claim.ts";
import type { Report } from "../reports/report.ts";

/** A request as the gateway received it: header names in lower case, the body's bytes before any parsing. */
export interface SourceRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string>>;
  /** The query as received, without the leading `?`. */
  readonly rawQuery?: string;
  readonly body: Uint8Array;
}

/** The result of authentication: the sender's message id if it is signed, which makes a redelivery idempotent. */
export interface Proof {
  readonly id?: string;
}

/** A translated payload. `id` is the sender's message id; it is used if the proof has none. */
export type Translation =
  | {
      readonly kind: "claims";
      readonly id?: string;
      readonly claims: readonly (Claim & Pick<Report, "appeal">)[];
      /** Names each claim within `id`, if messages with one id report several findings, or some again. Default: the claim's index. */
      readonly parts?: readonly string[];
      /** The parts of the message that could not be read. They are held for review under an id of their own, `part` within `id`. */
      readonly unread?: { readonly part: string; readonly issues: readonly Issue[] };
      /** What the sender should know about an accepted message; for a sender that is answered issues. */
      readonly warnings?: readonly Issue[];
    }
  /** A push of the stream began, perhaps again, or ended. `startedAt`: when the push began by Live's clock, RFC 3339. */
  | {
      readonly kind: "publish" | "publish-done";
      readonly id?: string;
      readonly stream: Stream;
      readonly startedAt?: string | undefined;
    }
  /** Understood, but nothing to act on: a clean result. */
  | { readonly kind: "nothing"; readonly id?: string };

export interface Source {
  /**
   * Authenticates the request, in constant time over the signatures. A body without the expected signature is unauthenticated, not invalid.
   *
   * @param secrets - one to three, all valid now, because a rotation overlaps.
   * @throws OffairError `ERR_REPORT_SIGNATURE` naming the check; `ERR_SECRET` if a stored secret is not as documented.
   */
  verify(request: SourceRequest, secrets: readonly string[], now: Date): Proof;
  /**
   * @param payload - the parsed JSON body; undefined if it is empty and `bodyless` allows that.
   * @throws OffairError `ERR_REPORT_INVALID` with a pointer to each issue.
   */
  translate(payload: unknown, request: SourceRequest, now: Date): Translation;
  /** The response that this sender expects. Default body: `{"status": "accepted", …}`. */
  readonly success: { readonly status: number; readonly body?: Readonly<Record<string, unknown>> };
  /**
   * Whether an authenticated request that cannot be translated is answered with its issues (400, 422). False for a vendor, which
   * would only repeat it or give up: the vendor gets its success response, and the report is held for review.
   */
  readonly answersIssues: boolean;
  /** Whether any other content type or encoding is refused (415) before the signature is verified. Vendors set any content type. */
  readonly onlyJson?: boolean;
  readonly bodyless?: boolean;
  /** Whether the sender may compress the body and signs it uncompressed. `verify` and `translate` are given the uncompressed body. */
  readonly gzip?: boolean;
}
