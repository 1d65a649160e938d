/** The ledger's record of a user's access keys: the rotation that began last, and the result of the last check. */
import * as z from "zod";

const instant = z.iso.datetime().transform((text) => new Date(text));
const keyName = z.string().regex(/^[0-9a-f]{32}$/);

const rotationSchema = z.object({
  /** The secret's version that gets the new key. */
  token: z.string(),
  startedAt: instant,
  /** Written before a key is created, so that a key that is in no version of the secret is known to be of this rotation. */
  attemptAt: instant,
  /** Hash of the key that is replaced. Keys themselves are not stored. */
  oldKey: keyName,
  /** When Live accepted the new key. */
  provenAt: instant.optional(),
  /** Written before the new key becomes the current one, and after it. */
  promotingAt: instant.optional(),
  promotedAt: instant.optional(),
  disabledAt: instant.optional(),
  deletedAt: instant.optional(),
});

export const rotationRecordSchema = z.object({
  rotation: rotationSchema.optional(),
  /** When Huawei created the current key. */
  keyCreatedAt: instant.optional(),
  checkedAt: instant.optional(),
  /** Why the rotation waits, or the task of a person. */
  waiting: z.string().optional(),
});

export type Rotation = Readonly<z.infer<typeof rotationSchema>>;
export type RotationRecord = Readonly<z.infer<typeof rotationRecordSchema>>;

/** Stores one record per Huawei user, with compare-and-swap. */
export interface RotationStore {
  read(): Promise<{ readonly record: RotationRecord; readonly revision: string } | undefined>;
  /** @param before - the revision that was read, undefined if there was none. @returns false if another writer was faster. */
  write(record: RotationRecord, before: string | undefined): Promise<boolean>;
}
