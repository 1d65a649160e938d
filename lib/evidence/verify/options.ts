import type { PublicKey } from "../../archive/signing-keys.ts";

export interface VerifyOptions {
  readonly publicKey: PublicKey;
  /** The chain has to hold the slots from this time on. Otherwise an excerpt may begin where it likes, and the summary says where. */
  readonly from?: Date | undefined;
  /** The chain has to hold the slots up to this time. */
  readonly through?: Date | undefined;
  /** SHA-256 of a link as stored, from the ledger, the log or another verification: the chain has to hold this link. */
  readonly head?: string | undefined;
}

/** Every name of the bundle, and whether the chain answers for it. */
export type Names = Map<string, boolean>;
