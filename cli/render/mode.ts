/** Which mode it is, and on whose word nothing acts. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { ShownMode } from "../operator/response.ts";
import { secondOf } from "../terminal/duration.ts";
import type { Out } from "../terminal/output.ts";

const MEANS: Readonly<Record<string, string>> = {
  observe: "decisions are written down, and none is carried out",
  enforce: "decisions are carried out",
};

export function* modeText(
  { mode, changedAt, changedBy, reason, frozen = {} }: ShownMode,
  paint: Out["paint"],
): Generator<string> {
  yield `${paint("bold", `mode ${escapeInvisible(mode)}`)}: ${MEANS[mode] ?? "?"}`;
  if (changedAt !== undefined) yield* who({ changedAt, changedBy: changedBy ?? "-", reason: reason ?? "-" });
  for (const [source, change] of Object.entries(frozen)) {
    yield `${paint("yellow", `source ${escapeInvisible(source)} is frozen`)}: nothing acts on its word`;
    yield* who(change);
  }
}

function* who({
  changedAt,
  changedBy,
  reason,
}: {
  changedAt: string;
  changedBy: string;
  reason: string;
}): Generator<string> {
  yield `  since ${secondOf(changedAt)}, by ${escapeInvisible(changedBy)}`;
  yield `  because ${escapeInvisible(reason)}`;
}
