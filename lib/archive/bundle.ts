/** The objects of an archive by name, read from a bucket, a folder or a tar. Verification and history read through this interface. */
export interface Bundle {
  /** All names, sorted by their bytes; if `prefix` is given, only names that begin with it. */
  names(prefix?: string): AsyncIterable<string>;
  /** The bytes as stored. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Entries of a folder or a tar that are not archive objects: a symbolic link, a name that leads outside, a broken header. */
  readonly issues?: readonly BundleIssue[];
}

export interface BundleIssue {
  readonly object: string;
  readonly message: string;
}
