import type * as z from "zod";

/** An entry of the catalogue. */
export interface Entry {
  /** When it occurs, and how often. */
  readonly when: string;
  /** Strict, so that the tests find a field that the schema lacks; the published schemas allow more fields. */
  readonly data: z.ZodObject;
}
