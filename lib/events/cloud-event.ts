/** The wire form of an event: CloudEvents 1.0 in JSON, structured mode, with the extensions `sequence` and `orderingkey`. */
import type { CloudEvent } from "./cloud-event-schema.ts";
import type { LoggedEvent } from "./event.ts";
import { inNameOrder } from "./name-order.ts";
import type { EventType } from "./types/event-types.ts";

/** EventBridge takes 256 kB an entry, and webhooks of most platforms far less. No event of the catalogue can be larger. */
export const MAX_EVENT_BYTES = 64 * 1_024;

/** Names the schema of the `data` of events of a type, with its version. */
export const schemaUrn = (type: EventType): string => `urn:offair:event:${type}:1`;

/** @param source - of the deployment: `/offair/prod`. */
export const toCloudEvent = (event: LoggedEvent, { source }: { readonly source: string }): CloudEvent => ({
  specversion: "1.0",
  id: event.id,
  source,
  type: event.type,
  ...(event.subject !== undefined && { subject: event.subject }),
  time: event.time,
  datacontenttype: "application/json",
  dataschema: schemaUrn(event.type),
  sequence: String(event.number),
  orderingkey: event.orderingKey,
  data: inNameOrder(event.data), // an event has the same bytes in every attempt
});
