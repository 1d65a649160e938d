/** Objects of an archive under their names: a bucket, a folder or a tar. What is verified and asked is read through this. */
export interface Bundle {
  /** Every name there is, in the order of its bytes; only those that begin with `prefix`, if given. */
  names(prefix?: string): AsyncIterable<string>;
  /** As stored. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** What a folder or a tar holds that is no object of an archive: a link, a name that leads out of it, a broken header. */
  readonly issues?: readonly BundleIssue[];
}

export interface BundleIssue {
  readonly object: string;
  readonly message: string;
}
