/**
 * The source of kind `appeal`: the platform passes on that a broadcaster objects to an order. Signed like a report of the adapter `standard`;
 * the body refers to the order by its stream and number, as the event about it does.
 */
import { appealSchema, claimSchema } from "../reports/claim.ts";
import { listIgnored } from "./ignored-keys.ts";
import { readAs } from "./invalid.ts";
import type { Source } from "./source.ts";
import { standard } from "./standard.ts";

/** `reason`: the broadcaster's words. `appellant`: who objects; only a pseudonym of the id is stored, as of a reporter. */
const bodySchema = claimSchema.pick({ occurredAt: true, reason: true }).extend({
  order: appealSchema.extend({ stream: claimSchema.shape.stream }),
  appellant: claimSchema.shape.reporter,
});

export const appeal: Source = {
  ...standard,

  translate(payload) {
    const data = readAs(bodySchema, payload, "the appeal is not as documented");
    const warnings = listIgnored(payload, data, "an appeal");
    const { order, appellant, ...said } = data;
    const { stream, number } = order;
    // The category of the order is known to the ledger only: the worker writes it into the record.
    const claim = { ...said, stream, category: "other" as const, ...(appellant && { reporter: appellant }) };
    return { kind: "claims", claims: [{ ...claim, appeal: { number } }], ...(warnings.length > 0 && { warnings }) };
  },
};
