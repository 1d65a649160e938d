/** Stores what an audit found, for subscribers: `NOTICE#{kind}`. A notice is written once, and expires long after its events. */

import { sha256Hex } from "../../../core/sha256.ts";
import { streamKey } from "../../../core/stream.ts";
import { DAY_MS } from "../../../core/time.ts";
import type { AuditNotice } from "../../../events/audit-notice.ts";
import type { ItemKey } from "../../../notify/stores.ts";
import { epochSeconds, type LedgerTable } from "../table.ts";

const KEPT_MS = 90 * DAY_MS;

const keyOf = (notice: AuditNotice): ItemKey =>
  notice.kind === "drift"
    ? { pk: "NOTICE#drift", sk: notice.slot }
    : {
        pk: "NOTICE#expiring",
        sk: `${sha256Hex(streamKey(notice.stream))}.${String(notice.orderNumber).padStart(10, "0")}`,
      };

/** When no audit can find the same again, and 90 days later. */
const expiryOf = (notice: AuditNotice): number =>
  epochSeconds(new Date(Date.parse(notice.kind === "drift" ? notice.foundAt : notice.resumeTime) + KEPT_MS));

/** @throws OffairError `ERR_LEDGER` */
export const createWriteNotice =
  ({ put }: Pick<LedgerTable, "put">) =>
  async (notice: AuditNotice): Promise<void> => {
    await put({ ...keyOf(notice), ...notice, expiresAt: expiryOf(notice) });
  };
