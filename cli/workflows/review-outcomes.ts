/** Follows the orders of a review's approvals while the next cases are judged, and says at once what went wrong. */
import { hasFailed } from "../../lib/operator/contract/response.ts";
import type { Operator } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import { resultText } from "../render/batch.ts";
import type { CommandDeps } from "../terminal/command.ts";
import { commandText } from "../terminal/command-text.ts";
import { endOf, settle } from "./change-streams.ts";

/** What a person did in one session. */
export interface Counts {
  approved: number;
  rejected: number;
  skipped: number;
  opinions: number;
}

export interface Outcomes {
  follow(reply: Reply): void;
  /** Waits for what is not known yet. @returns whether every order succeeded. */
  settle(): Promise<boolean>;
}

export function createOutcomes(operator: Operator, deps: CommandDeps): Outcomes {
  const { out } = deps;
  const quiet = { ...deps, out: { ...out, progress: () => {} } }; // the line is the prompt's
  const following = new Set<Promise<void>>();
  let areWell = true;

  async function followOne(sent: Reply): Promise<void> {
    const reply = await settle(sent, operator, deps.interrupted(), quiet);
    if (endOf(reply) === 0) return;
    areWell = false;
    for (const result of reply.answer.results) {
      if (!hasFailed(result) && result.outcome !== "ordered") continue;
      for (const line of resultText(result, out.paint)) out.warn(line);
    }
    const { orderId } = reply.answer;
    if (orderId !== undefined) out.warn(`  ${commandText("status", [orderId])} shows it`);
  }

  return {
    follow(reply) {
      if (reply.answer.results.length === 0) return;
      const one = followOne(reply).finally(() => following.delete(one));
      following.add(one);
    },
    async settle() {
      if (following.size > 0) out.progress(`waiting for the outcome of ${following.size} orders`);
      await Promise.all(following);
      return areWell;
    },
  };
}
