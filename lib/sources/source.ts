/** What every report source provides: proof that a request is its own, and its payload in our words. One file a source. */

import type { Stream } from "../core/stream.ts";
import type { Claim } from "../reports/claim.ts";

/** A request as the gateway received it: header names in lower case, the body's bytes before any parsing. */
export interface SourceRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What is proven of a request: where it is signed, the sender's own id of the message, which makes a second delivery harmless. */
export interface Proof {
  readonly id?: string;
}

/** A body in our words. `id` is the sender's own of this message, where the proof has none. */
export type Translation =
  | {
      readonly kind: "claims";
      readonly id?: string;
      readonly claims: readonly Claim[];
      /** What names each claim beside `id`, where messages of one id tell of several things, or of some again; none: its place. */
      readonly parts?: readonly string[];
    }
  /** Somebody began to push this stream. */
  | { readonly kind: "publish"; readonly id?: string; readonly stream: Stream }
  /** Understood, and nothing that anybody would act on: a clean result, the end of a push. */
  | { readonly kind: "nothing"; readonly id?: string };

export interface Source {
  /**
   * Constant in time over the signatures. Where the proof stands in the body, a body that holds none is unproven, never invalid.
   *
   * @param secrets - one to three, all valid at this moment: a rotation overlaps.
   * @throws OffairError `ERR_REPORT_SIGNATURE` naming the check; `ERR_SECRET` where a stored secret is not shaped as documented.
   */
  verify(request: SourceRequest, secrets: readonly string[], now: Date): Proof;
  /**
   * @param payload - the JSON body; undefined where there is no body and `bodyless` allows that.
   * @throws OffairError `ERR_REPORT_INVALID` with a pointer to each fault.
   */
  translate(payload: unknown, request: SourceRequest, now: Date): Translation;
  /** What this sender takes for success. Without a body: `{"status": "accepted", …}`. */
  readonly success: { readonly status: number; readonly body?: Readonly<Record<string, unknown>> };
  /**
   * Is a proven request that cannot be translated the sender's to mend? It is then told so (400, 415, 422). A vendor would only repeat
   * it or give up: it gets its success answer, and a person gets the report.
   */
  readonly answersIssues: boolean;
  readonly bodyless?: boolean;
}
