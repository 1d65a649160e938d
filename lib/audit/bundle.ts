/** Objects of an archive under their names: a bucket, a folder or a tar. What is verified and asked is read through this. */
export interface Bundle {
  /** Every name there is, in the order of its bytes; only those that begin with `prefix`, if given. */
  names(prefix?: string): AsyncIterable<string>;
  /** As stored. */
  read(name: string): Promise<Uint8Array | undefined>;
}
