/** Parses the secret of a source. */
import * as z from "zod";
import { CANARY_SOURCE, canaryKey } from "../core/canary.ts";
import { OffairError } from "../core/errors.ts";
import { parseJson } from "../core/parse-json.ts";

/** `{"secrets": ["whsec_…"]}`: one to three, valid at the same time, so that a rotation can overlap. */
const secretsSchema = z.object({ secrets: z.array(z.string().min(1)).min(1).max(3) });

/** @throws OffairError `ERR_SECRET` */
export function parseSecrets(text: string, source: string): string[] {
  const json = parseJson(text);
  const generated = source === CANARY_SOURCE ? canaryKey(json) : undefined;
  if (generated !== undefined) return [generated];
  const { data } = secretsSchema.safeParse(json);
  if (data) return data.secrets;
  throw new OffairError("ERR_SECRET", 'the source\'s secret is not {"secrets": [one to three texts]}');
}
