import { definedOnly } from "../core/defined-only.ts";
import type { Republish } from "../orders/order.ts";
import type { DataOf } from "./catalogue.ts";

/** What an event says of a re-publish. */
export const republishData = ({
  after,
  times,
  startedAt,
  wentOn,
}: Republish): NonNullable<DataOf<"stream.paused">["republish"]> => definedOnly({ after, times, startedAt, wentOn });
