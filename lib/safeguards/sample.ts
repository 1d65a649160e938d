/** Which actions are drawn for the sample: a share of them, so that figures can be unbiased (docs/adr/0026). */
import { sha256Hex } from "../core/sha256.ts";

/** Set by `offair review sample`. */
export interface SampleSetting {
  /** 0 to 1. */
  readonly share: number;
  /** Random and in the ledger only: a sender, who chooses the ids of reports, cannot choose ids that are not drawn. */
  readonly salt: string;
}

/** The share, if the report is drawn. */
export const drawnShare = (key: string, { sample }: { readonly sample?: SampleSetting }): number | undefined =>
  sample && isDrawn(key, sample) ? sample.share : undefined;

/** A draw of 52 bits is a number below 2^52, which a double holds exactly. */
const DIGITS = 13;

/** Whether the report is drawn. The same report always gets the same answer, and a larger share draws all that a smaller one does. */
export const isDrawn = (key: string, { share, salt }: SampleSetting): boolean =>
  Number.parseInt(sha256Hex(JSON.stringify([salt, key])).slice(0, DIGITS), 16) < share * 16 ** DIGITS;
