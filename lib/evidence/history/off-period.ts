import type { Authority, Found } from "./authority.ts";

export interface OffPeriod extends Authority {
  readonly domain: string;
  readonly app: string;
  readonly stream: string;
  readonly from: string;
  /** `listed-before`: it was listed already by the first snapshot that was looked at. */
  readonly fromBy: "order" | "first-listed" | "listed-before";
  /** Null where no end is known. */
  readonly until: string | null;
  /** `gone`: a complete snapshot did not list it any more, and nobody of ours let it on. */
  readonly untilBy: "resume-time" | "enabled" | "replaced" | "changed" | "gone" | null;
  /** The order that ended it early, or took its place. */
  readonly endedBy: {
    readonly order: number;
    readonly by: string;
    readonly reason: string;
    readonly at: string;
  } | null;
  readonly listed: { readonly first: string; readonly last: string; readonly times: number } | null;
  readonly remarks: readonly string[];
  /** Objects of the archive that say so, and what the report pointed at. */
  readonly evidence: Pick<Found, "objects" | "reported">;
}

export interface Span {
  readonly from: Date;
  readonly until: Date;
}

/** Where a stream first appeared, by the findings of audits; null where none of those looked at tells. */
export type FirstListed = ReadonlyMap<string, { readonly at: string; readonly object: string } | null>;
