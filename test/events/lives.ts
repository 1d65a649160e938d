/** The lives of items of every kind. */
import fc from "fast-check";
import type { LedgerItem } from "../../lib/events/ledger-item.ts";
import type { Life } from "./arbitrary-items.ts";
import { orderLife } from "./order-lives.ts";
import { otherLife, planLife, planStateLife } from "./other-lives.ts";
import { reportLife, untranslatedLife } from "./report-lives.ts";

export const life: fc.Arbitrary<Life> = fc.oneof(
  ...[orderLife, reportLife, untranslatedLife, planLife, planStateLife, otherLife],
);

export const last = ([first, ...rest]: Life): LedgerItem => rest.at(-1) ?? first;
