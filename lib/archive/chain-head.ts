/**
 * The newest chain entry as the ledger records it: a hint where to look for the end of the chain, and the only proof if somebody removes
 * that entry from the archive.
 */
export interface ChainHead {
  readonly number: number;
  readonly sha256: string;
  /** The last scheduled hour in the chain, audited or missed; absent while all audits were asked for by people. */
  readonly slot?: string | undefined;
  readonly writtenAt: string;
}

export interface ChainReader {
  readonly archive: { read(name: string): Promise<Uint8Array | undefined> };
  readonly head: { read(): Promise<ChainHead | undefined> };
}
