/** The answers of the Transparency Database, which are hostile until parsed. */
import * as z from "zod";
import type { EuStatement } from "../../lib/statements/eu/eu-statement.ts";

export const createdSchema = z.object({
  statements: z.array(z.object({ puid: z.string().max(500), uuid: z.string().max(100) })).max(100),
});

const messagesSchema = z.array(z.string()).max(20);
const invalidSchema = z.object({
  errors: z.record(z.string().regex(/^statement_\d{1,3}$/), z.record(z.string().max(100), messagesSchema)),
});
const existingSchema = z.object({ errors: z.object({ existing_puids: z.array(z.string().max(500)).max(100) }) });

export interface FieldIssue {
  readonly puid: string;
  readonly field: string;
  readonly message: string;
}

/** Why none of a batch was created. */
export type Rejection =
  | { readonly kind: "invalid"; readonly issues: readonly FieldIssue[] }
  | { readonly kind: "existing"; readonly puids: readonly string[] };

/** @returns undefined if the answer names no statement of the batch: then it is not known what to leave out. */
export function rejectionOf(answer: unknown, batch: readonly EuStatement[]): Rejection | undefined {
  const existing = existingSchema.safeParse(answer).data?.errors.existing_puids ?? [];
  const puids = batch.map(({ puid }) => puid).filter((puid) => existing.includes(puid));
  if (puids.length > 0) return { kind: "existing", puids };
  const { errors = {} } = invalidSchema.safeParse(answer).data ?? {};
  const issues = Object.entries(errors).flatMap(([name, fields]) => {
    const puid = batch[Number(name.slice("statement_".length))]?.puid;
    if (puid === undefined) return [];
    return Object.entries(fields).flatMap(([field, messages]) =>
      messages.map((message) => ({ puid, field, message: message.slice(0, 500) })),
    );
  });
  return issues.length > 0 ? { kind: "invalid", issues } : undefined;
}
