/** The chain head: the newest entry of the audit chain as the ledger remembers it. */

/** The ledger's note of the last link: a hint where to look, and the one witness if that link should be gone. */
export interface ChainHead {
  readonly number: number;
  readonly sha256: string;
  /** The last slot of the schedule, audited or missed; absent while only people asked. */
  readonly slot?: string | undefined;
  readonly writtenAt: string;
}

export interface ChainReader {
  readonly archive: { read(name: string): Promise<Uint8Array | undefined> };
  readonly head: { read(): Promise<ChainHead | undefined> };
}
