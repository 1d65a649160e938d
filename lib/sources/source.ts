/** What every report source provides: proof that a request is its own, and its payload in our words. One file a source. */
import type { Claim } from "../moderation/report.ts";

/** A request as the gateway received it: header names in lower case, the body's bytes before any parsing. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/** What is proven of a request: the sender's own id of the message, which makes a second delivery harmless. */
export interface Proof {
  readonly id: string;
}

export interface Source {
  /**
   * Constant in time over the signatures. Reads nothing of the body but its bytes.
   *
   * @param secrets - one to three, all valid at this moment: a rotation overlaps.
   * @throws OffairError `ERR_REPORT_SIGNATURE` naming the check; `ERR_SECRET` where a stored secret is not shaped as documented.
   */
  verify(request: SignedRequest, secrets: readonly string[], now: Date): Proof;
  /** @throws OffairError `ERR_REPORT_INVALID` with a pointer to each fault. */
  translate(payload: unknown): Claim[];
  /** What this sender takes for success. */
  readonly success: { readonly status: number };
}
