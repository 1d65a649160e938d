/** What one check of the scorecard says. */
import { formatStream } from "../../../lib/core/stream.ts";
import type { Finding } from "../finding.ts";
import type { Facts, OrderFacts } from "./facts.ts";
import type { Material } from "./inputs.ts";

/** Looks at the raw material alone, never through the code that is checked. */
export type Check = (material: Material, facts: Facts) => Finding;

export const nameOf = ({ stream, number, action }: OrderFacts): string =>
  `${formatStream(stream)} order ${number} (${action})`;
