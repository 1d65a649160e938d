/** The options of a game day, and the record of its setup. */
import * as z from "zod";
import { MOST_USERS } from "../../demo/huawei-users.ts";
import { seedOption, wholeNumber } from "../../kit/arguments.ts";
import { runSchema } from "../evidence.ts";
import { MIN_REPORTS } from "./script.ts";

const text = z.string();

export const dayOptions = z.object({
  reports: wholeNumber(MIN_REPORTS, 20_000, 200, `number of different reports, ${MIN_REPORTS} to 20000`),
  seed: seedOption(7),
  users: wholeNumber(
    1,
    MOST_USERS,
    1,
    `Huawei users that may write, 1 to ${MOST_USERS}; with more, a second key turns bad`,
  ),
});

export const daySchema = runSchema.extend({
  reports: z.number(),
  sabotage: text.nullable(),
  /** Calls a minute of a Huawei user and of all users together, and the share of both that all functions together may use. */
  quotas: z.record(text, z.number()),
  ceilings: z.record(text, z.number()),
  share: z.number(),
  /** The Huawei user of each access key, including removed keys. */
  users: z.record(text, text),
});
export type Day = z.output<typeof daySchema>;
