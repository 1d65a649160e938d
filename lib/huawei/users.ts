/** The names of the Huawei users: `worker`, `worker-2`, …; each is part of the name of its secret and of the keys of its items in the ledger. */

/** `worker` may write; `audit` may only read, and the functions audit and incident share it. */
export type Pool = "worker" | "audit";

export interface PoolSizes {
  readonly WORKER_USERS: number;
  readonly AUDIT_USERS: number;
}

export const usersOf = (pool: Pool, { WORKER_USERS, AUDIT_USERS }: PoolSizes): string[] =>
  Array.from({ length: pool === "worker" ? WORKER_USERS : AUDIT_USERS }, (_, index) =>
    index === 0 ? pool : `${pool}-${index + 1}`,
  );
