/** The mode, and the sources that are frozen: one item, so that one read tells whether a report may act. Every change stays as well. */

import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { formatIssues, issuesOf } from "../../core/issues.ts";
import { sha256Hex } from "../../core/sha256.ts";
import type { ModeStore } from "../../safeguards/stores.ts";
import type { LedgerTable } from "./table.ts";

const KEY = { pk: "CONTROL", sk: "MODE" } as const;

/** An attribute a source, so that freezing one cannot undo what somebody else does to another at the same moment. */
const FROZEN = "frozen:";

const changeSchema = z.object({ changedAt: z.iso.datetime(), changedBy: z.string(), reason: z.string() });
const modeSchema = z.object({
  mode: z.enum(["observe", "enforce"]),
  changedAt: changeSchema.shape.changedAt.exactOptional(), // nobody has changed the mode, but frozen a source
  changedBy: changeSchema.shape.changedBy.exactOptional(),
  reason: changeSchema.shape.reason.exactOptional(),
});
const frozenSchema = z.record(z.string().min(1), changeSchema);

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = formatIssues(issuesOf(parsed.error));
  throw new OffairError("ERR_LEDGER", `${what} is not as written: ${issues}`); // so nothing acts
}

export function createLedgerMode({ attempt, get, put, update }: LedgerTable): ModeStore {
  /** The change first: a mode that nobody can account for is worse than a change that did not come about. */
  async function record(change: { readonly kind: "mode" | "freeze"; readonly changedAt: string }): Promise<void> {
    const hash = sha256Hex(JSON.stringify(change)); // two may come in one millisecond
    await put({ pk: "CONTROL", sk: `CHANGE#${change.changedAt}#${hash}`, ...change });
  }

  return {
    async readMode() {
      const item = await get(KEY);
      if (!item) return { mode: "observe" };
      const mode = parse(modeSchema, item, "the stored mode");
      const entries = Object.entries(item).filter(([name]) => name.startsWith(FROZEN));
      if (entries.length === 0) return mode;
      const bySource = Object.fromEntries(entries.map(([name, value]) => [name.slice(FROZEN.length), value]));
      return { ...mode, frozen: parse(frozenSchema, bySource, "what is frozen") };
    },

    async writeMode({ mode, changedAt, changedBy, reason }) {
      await record({ kind: "mode", ...{ mode, changedAt, changedBy, reason } });
      await update(KEY, { set: { mode, changedAt, changedBy, reason } });
    },

    async writeFreeze(source, frozen, { changedAt, changedBy, reason }) {
      const change = { changedAt, changedBy, reason };
      await record({ kind: "freeze", ...{ source, frozen }, ...change });
      await attempt("be written", (client, table) =>
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: KEY,
            // An item without a mode would be one that cannot be read.
            UpdateExpression: `SET #mode = if_not_exists(#mode, :observe)${frozen ? ", #frozen = :change" : " REMOVE #frozen"}`,
            ExpressionAttributeNames: { "#mode": "mode", "#frozen": `${FROZEN}${source}` },
            ExpressionAttributeValues: { ":observe": "observe", ...(frozen && { ":change": change }) },
          }),
        ),
      );
    },
  };
}
