/** Saboteur: every call is sent at once by the next Huawei user, however many of its calls are in flight. */
import type { createPool as createRightPool, Pool } from "../../lib/huawei/admission/pool.ts";

export * from "../../lib/huawei/admission/pool.ts";

export const createPool: typeof createRightPool = (users): Pool => {
  let calls = 0;
  return {
    async pass(request, send) {
      const user = users[calls++ % users.length];
      if (!user) throw new Error("there is no Huawei user");
      const tried = await send({
        user: user.name,
        pass: (key, attempt) => user.admission.pass({ ...request, lane: "own", key }, attempt),
      });
      if (tried.kind === "done") return tried.result;
      throw tried.kind === "wait" ? tried.error() : tried.error;
    },
  };
};
