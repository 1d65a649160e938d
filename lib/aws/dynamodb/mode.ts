/** Stores the mode and the frozen sources: one item, so that one read decides whether a report may act. Every change is kept too. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { sha256Hex } from "../../core/sha256.ts";
import type { ListModeChanges, ModeStore } from "../../safeguards/stores.ts";
import { type LedgerTable, openTable, parseItem } from "./table.ts";

const KEY = { pk: "CONTROL", sk: "MODE" } as const;

/** One attribute per source, so that two people who freeze different sources at the same time do not overwrite each other. */
const FROZEN = "frozen:";

const changeSchema = z.object({ changedAt: z.iso.datetime(), changedBy: z.string(), reason: z.string() });
const modeSchema = z.object({
  mode: z.enum(["observe", "enforce"]),
  changedAt: changeSchema.shape.changedAt.exactOptional(), // absent if a source was frozen but the mode was never changed
  changedBy: changeSchema.shape.changedBy.exactOptional(),
  reason: changeSchema.shape.reason.exactOptional(),
  sample: changeSchema.extend({ share: z.number().min(0).max(1), salt: z.string().min(1) }).exactOptional(),
});
const frozenSchema = z.record(z.string().min(1), changeSchema);

interface AttributeChange {
  /** The rest of the update expression. */
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

export function createLedgerMode({ attempt, get, put, update }: LedgerTable): ModeStore {
  /** Records a change before it is made: a recorded change that failed is better than a mode change without a record. */
  async function record(change: { readonly changedAt: string } & Record<string, unknown>): Promise<void> {
    const hash = sha256Hex(JSON.stringify(change)); // two changes may have the same millisecond
    await put({ pk: "CONTROL", sk: `CHANGE#${change.changedAt}#${hash}`, ...change });
  }

  /** Changes one attribute of the item, beside the mode: an item without a mode could not be parsed. */
  const set = ({ expression, names, values }: AttributeChange) =>
    attempt("be written", (client, table) =>
      client.send(
        new UpdateCommand({
          TableName: table,
          Key: KEY,
          UpdateExpression: `SET #mode = if_not_exists(#mode, :observe)${expression}`,
          ExpressionAttributeNames: { "#mode": "mode", ...names },
          ExpressionAttributeValues: { ":observe": "observe", ...values },
        }),
      ),
    );

  return {
    async readMode() {
      const item = await get(KEY);
      if (!item) return { mode: "observe" };
      const mode = parseItem(modeSchema, item, "the stored mode");
      const entries = Object.entries(item).filter(([name]) => name.startsWith(FROZEN));
      if (entries.length === 0) return mode;
      const bySource = Object.fromEntries(entries.map(([name, value]) => [name.slice(FROZEN.length), value]));
      return { ...mode, frozen: parseItem(frozenSchema, bySource, "the list of frozen sources") };
    },

    async writeMode({ mode, changedAt, changedBy, reason }) {
      const set = { mode, changedAt, changedBy, reason };
      await record({ kind: "mode", ...set });
      await update(KEY, { set });
    },

    async writeSample({ share, salt, changedAt, changedBy, reason }) {
      const sample = { share, salt, changedAt, changedBy, reason };
      await record({ kind: "sample", ...sample });
      await set({ expression: ", #sample = :sample", names: { "#sample": "sample" }, values: { ":sample": sample } });
    },

    async writeFreeze(source, frozen, { changedAt, changedBy, reason }) {
      const change = { changedAt, changedBy, reason };
      await record({ kind: "freeze", source, frozen, ...change });
      await set({
        expression: frozen ? ", #frozen = :change" : " REMOVE #frozen",
        names: { "#frozen": `${FROZEN}${source}` },
        values: frozen ? { ":change": change } : {},
      });
    },
  };
}

const PAGE = 20;
const recordSchema = z.object({ changedAt: changeSchema.shape.changedAt, source: z.string().exactOptional() });

/** Apart from the ledger, because only the incident function needs it. */
export function createListModeChanges(dynamo: DynamoDBClient, table: string): ListModeChanges {
  const { pages } = openTable(dynamo, table, () => new Date());
  return async (after) => {
    const later: z.infer<typeof recordSchema>[] = [];
    for await (const items of pages("CONTROL", "CHANGE#", PAGE, false)) {
      for (const item of items) {
        const change = parseItem(recordSchema, item, "a change of the mode");
        if (change.changedAt <= after) return later;
        later.push(change);
      }
    }
    return later;
  };
}
