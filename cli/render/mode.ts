/** The mode and the frozen sources, as lines for people. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { secondOf } from "../terminal/duration.ts";
import type { Out } from "../terminal/output.ts";

type ModeRecord = NonNullable<OperatorResponse["mode"]>;
type ModeChange = NonNullable<ModeRecord["frozen"]>[string];

const MEANS: Readonly<Record<string, string>> = {
  observe: "decisions are recorded, and none is carried out",
  enforce: "decisions are carried out",
};

export function* modeText(
  { mode, changedAt, changedBy = "-", reason = "-", frozen = {} }: ModeRecord,
  paint: Out["paint"],
): Generator<string> {
  yield `${paint("bold", `mode ${escapeInvisible(mode)}`)}: ${MEANS[mode] ?? "?"}`;
  if (changedAt !== undefined) yield* changeText({ changedAt, changedBy, reason });
  for (const [source, change] of Object.entries(frozen)) {
    yield `${paint("yellow", `source ${escapeInvisible(source)} is frozen`)}: its reports cause no action`;
    yield* changeText(change);
  }
}

/** `7`, not `7.000000000000001`: a share in per cent, with four decimals at most. */
export const percentOf = (share: number): number => Math.round(share * 1e6) / 1e4;

/** The share of actions that people look at afterwards. */
export function* sampleText(sample: ModeRecord["sample"]): Generator<string> {
  if (!sample || sample.share === 0) yield "sample none: nobody is asked about actions afterwards";
  else
    yield `sample ${percentOf(sample.share)} % of the actions, drawn at random, wait for a person afterwards: nothing waits for them`;
  if (sample) yield* changeText(sample);
}

function* changeText({ changedAt, changedBy, reason }: ModeChange): Generator<string> {
  yield `  since ${secondOf(changedAt)}, by ${escapeInvisible(changedBy)}`;
  yield `  because ${escapeInvisible(reason)}`;
}
