/** Stores the worker's notes of each run of the canary, and the result of the last run. Neither is evidence, and neither is exported. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { CanaryNoteStore, CanaryNotes, CanaryResult, CanaryStore } from "../../canary/canary-run.ts";
import { LINKS } from "../../canary/links.ts";
import { DAY_MS } from "../../core/time.ts";
import { epochSeconds, type LedgerTable, openTable, parseItem } from "./table.ts";

const PK = "CANARY";
const runKey = (id: string) => ({ pk: PK, sk: `RUN#${id}` });
const LAST = { pk: PK, sk: "LAST" };

/** For a person who looks for a cause; the canary function reads a run only until it ends. */
const KEPT_MS = 7 * DAY_MS;

export const createCanaryNotes = ({ update }: Pick<LedgerTable, "update">): CanaryNoteStore => ({
  async noteCanary(id, step, note) {
    const expiresAt = epochSeconds(new Date(Date.parse(note.endedAt) + KEPT_MS));
    await update(runKey(id), { set: { [step]: note, expiresAt } });
  },
});

const instant = z.iso.datetime();
const noteSchema = z
  .object({
    startedAt: instant,
    endedAt: instant,
    outcome: z.string().exactOptional(),
    because: z.string().exactOptional(),
    error: z.string().exactOptional(),
    message: z.string().exactOptional(),
  })
  .readonly();
const notesSchema: z.ZodType<CanaryNotes> = z.object({
  disable: noteSchema.exactOptional(),
  enable: noteSchema.exactOptional(),
});
const resultSchema: z.ZodType<CanaryResult> = z.object({
  id: z.string(),
  startedAt: instant,
  endedAt: instant,
  result: z.enum(["arrived", "observed", "broken"]),
  link: z.enum(LINKS).exactOptional(),
  message: z.string().exactOptional(),
  tookMs: z.record(z.string(), z.number()),
});

/** @throws OffairError `ERR_LEDGER` from every function. */
export function createCanaryStore(dynamo: DynamoDBClient, tableName: string): CanaryStore {
  const { get, update } = openTable(dynamo, tableName, () => new Date());
  return {
    readNotes: async (id) => parseItem(notesSchema, (await get(runKey(id))) ?? {}, "the notes of a canary"),
    async writeResult({ link, message, ...result }) {
      await update(LAST, { set: { ...result, link, message } }); // without them, those of the run before are removed
    },
    async readResult() {
      const item = await get(LAST);
      return item && parseItem(resultSchema, item, "the result of the last canary");
    },
  };
}
