/** Copies the evidence of some days into a bundle that can be verified without access to the archive. */
import type { Bundle } from "../../lib/archive/bundle.ts";
import { DAY_MS } from "../../lib/core/time.ts";
import type { Span } from "../../lib/evidence/history/off-period.ts";
import { InputError } from "../terminal/errors.ts";
import { openEntries } from "./chain-entries.ts";
import { createCheckedReader } from "./checked-reader.ts";
import { copyTo } from "./export-copy.ts";
import { planExport } from "./export-selection.ts";

/** @param from, to - the first moments of the first and the last day. @returns undefined if the last is before the first. */
export const spanOfDays = (from: Date, to: Date): Span | undefined =>
  to < from ? undefined : { from, until: new Date(to.getTime() + DAY_MS) };

/** @param target - see copyTo(). @throws InputError if the archive has no chain entry of these days. */
export async function exportBundle(bundle: Bundle, span: Span, target: string, progress: (text: string) => void) {
  const plan = await planExport(await openEntries(bundle), span);
  if (!plan) throw new InputError("the archive has no chain entry of these days");
  const reader = createCheckedReader(bundle);
  plan.gaps.forEach(reader.gap);
  const copied = await copyTo(target, plan.objects, reader, progress);
  const { last, numbers, rotations, slots } = plan;
  return { copied, numbers, rotations, slots, last, gaps: reader.gaps() };
}
