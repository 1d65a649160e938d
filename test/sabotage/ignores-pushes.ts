/** Saboteur: the start of a push is never compared with the stream's orders. */
import { reportKey } from "../../lib/reports/report.ts";
import type { handleRepublish as handleRightly } from "../../lib/worker/handle-republish.ts";

export * from "../../lib/worker/handle-republish.ts";

export const handleRepublish: typeof handleRightly = async (publish) => {
  return { key: reportKey(publish), outcome: "ignored", because: "not-to-be-off" };
};
