/** Wrong ways to share users and lanes. The stories of model.test.ts have to find each. */
import { OffairError } from "../../../../lib/core/errors.ts";
import type { Pool } from "../../../../lib/huawei/admission/pool.ts";
import type { Sabotage } from "./environment.ts";

/** Another user sends a call that may have been carried out. */
const repeatsUnknown = (pool: Pool): Pool => ({
  pass: (request, send) =>
    pool.pass(request, async (turn) => {
      try {
        return await send(turn);
      } catch (error) {
        if (error instanceof OffairError && error.code === "ERR_LIVE_UNKNOWN") return { kind: "refused", error };
        throw error;
      }
    }),
});

const withoutTrial = (state: string): string => JSON.stringify({ ...JSON.parse(state), trial: undefined });

/** With the rule that is broken. */
export const SABOTAGES: Readonly<Record<string, readonly [Sabotage, RegExp]>> = {
  "lets an urgent call go without a look at the loans": [
    { store: ({ takeLease }) => ({ takeLease: async (lease) => ({ ...(await takeLease(lease)), loans: {} }) }) },
    /with a borrowed one/,
  ],
  "forgets the loan at the end of its slice": [
    { store: () => ({ lendAhead: async () => true }) },
    /with a borrowed one/,
  ],
  "borrows without a look at the slice before": [
    { store: () => ({ readSlice: async () => ({ urgent: false, loans: {} }) }) },
    /with a borrowed one/,
  ],
  "borrows beside urgent calls": [
    { store: ({ takeLease }) => ({ takeLease: ({ loan: _, ...lease }) => takeLease(lease) }) },
    /with a borrowed one/,
  ],
  "keeps its loans": [{ store: () => ({ endLoans: async () => {} }) }, /too long/],
  "lets several calls try a key": [
    {
      store: ({ readKey }) => ({
        async readKey(key) {
          const stored = await readKey(key);
          return stored && { ...stored, state: withoutTrial(stored.state) };
        },
      }),
    },
    /times in a row/,
  ],
  "gives each user its whole quota": [{ ignoresCeilings: true }, /all users together/],
  "repeats a call that may have been carried out": [{ pool: repeatsUnknown }, /carried out twice/],
};
