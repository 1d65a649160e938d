/** Reads whether an ingest domain has standby streams. Only `doctor` does, so only the incident function's bundle has this file. */
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import type { Send } from "./send.ts";

const settingSchema = z.object({ stream_backup_enable: z.boolean() });

/**
 * Creates a function that returns whether the domain has standby streams: several pushes of one stream name at a time.
 *
 * @throws OffairError as `Send` does, and `ERR_LIVE_ANSWER` for a response that is not as documented.
 * @see ModifyDomainStreamBackup and its query, `GET /domain/stream-backup`.
 */
export const createHasStandby =
  (send: Send) =>
  async (domain: string, deadline?: AbortSignal): Promise<boolean> => {
    const query = [["publish_domain", domain]] as const;
    const { status, body } = await send({ method: "GET", path: "/domain/stream-backup", query, deadline });
    const { data } = settingSchema.safeParse(body);
    if (data) return data.stream_backup_enable;
    throw new OffairError("ERR_LIVE_ANSWER", "the setting of standby streams is not as documented", { status });
  };
