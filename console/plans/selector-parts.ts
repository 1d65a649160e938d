/** How a selector finds streams, in words. Pure. */
import type { PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import { say } from "../i18n/say.ts";
import { utcText } from "../ui/time-text.ts";
import { PLAN } from "./texts.ts";

export type Selector = NonNullable<PlanResponse["selector"]>;

/** @returns its parts, each with the text of the selector in it. */
export function selectorParts({ domain, app, name, clientAddress, startedSince }: Selector): readonly string[] {
  const where = app === undefined ? domain : `${domain}/${app}`;
  const sinceMs = Date.parse(startedSince ?? "");
  return [
    say(PLAN.namesOf, { name: name ?? "*", where }),
    ...(clientAddress === undefined ? [] : [say(PLAN.fromAddress, { address: clientAddress })]),
    ...(startedSince === undefined
      ? []
      : [say(PLAN.pushedSince, { time: Number.isNaN(sinceMs) ? startedSince : utcText(sinceMs) })]),
  ];
}
