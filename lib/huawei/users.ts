import type { LiveSettings } from "../core/config.ts";

/**
 * The names of the Huawei users of a pool: `worker`, `worker-2`, …; each is part of the name of its secret and of the keys of its items in
 * the ledger. `worker` may write; `audit` may only read, and the functions audit and incident share it.
 */
export const usersOf = (
  pool: LiveSettings["LIVE_USER"],
  { WORKER_USERS, AUDIT_USERS }: Pick<LiveSettings, "WORKER_USERS" | "AUDIT_USERS">,
): string[] =>
  Array.from({ length: pool === "worker" ? WORKER_USERS : AUDIT_USERS }, (_, index) =>
    index === 0 ? pool : `${pool}-${index + 1}`,
  );
