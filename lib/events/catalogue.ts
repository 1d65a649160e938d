/**
 * The catalogue of events: when each occurs, and the schema of its `data`. Within a version only optional fields are added. No event has a
 * text, an evidence URL or the pseudonym of a reporter.
 */
import type * as z from "zod";
import type { Entry } from "./entry.ts";
import { PLAN_EVENTS } from "./plan-events.ts";
import { REPORT_EVENTS } from "./report-events.ts";
import { STREAM_EVENTS } from "./stream-events.ts";
import { SYSTEM_EVENTS } from "./system-events.ts";
import type { EventType } from "./types/event-types.ts";

export const CATALOGUE = {
  ...STREAM_EVENTS,
  ...REPORT_EVENTS,
  ...PLAN_EVENTS,
  ...SYSTEM_EVENTS,
} as const satisfies Record<EventType, Entry>;

export type DataOf<T extends EventType> = z.infer<(typeof CATALOGUE)[T]["data"]>;
