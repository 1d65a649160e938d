/** What statements need from the deployed policy: the answer of the operator's action `statement-settings`, also saved as a file. */
import * as z from "zod";
import { nameSchema } from "../policy/source-schema.ts";
import { statementsShape } from "../policy/statement-schema.ts";

export const settingsSchema = z.looseObject({
  /** SHA-256 of the policy that they are of. */
  policy: z.string(),
  /** Null: the policy has no such section. */
  statements: statementsShape.nullable(),
  /** The kind of each source, by its name. */
  sources: z.record(nameSchema, z.string().max(64)),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Settings with the section. */
export type FullSettings = Settings & { readonly statements: NonNullable<Settings["statements"]> };
export const isFull = (settings: Settings): settings is FullSettings => settings.statements !== null;
