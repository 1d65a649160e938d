/** The schema of an event on the wire. Apart from cloud-event.ts, because the functions that send events do not check them. */
import * as z from "zod";
import { EVENT_TYPES } from "./types/event-types.ts";

/** Beside this schema, an event has the `data` that the catalogue says. */
export const cloudEventSchema = z.object({
  specversion: z.literal("1.0").describe("Version of CloudEvents"),
  id: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,256}$/)
    .describe("Follows from the cause: an event that is delivered again has the same id, and no other event has it"),
  source: z.string().min(1).max(200).describe("The deployment: /offair/ and its stage"),
  type: z.enum(EVENT_TYPES).describe("Type of the event"),
  subject: z
    .string()
    .min(1)
    .max(2_000)
    .describe("domain/app/stream, of an event about a stream; data.stream has the parts")
    .exactOptional(),
  time: z.iso.datetime().describe("When it happened (RFC 3339, UTC), not when it was delivered"),
  datacontenttype: z.literal("application/json").describe("Media type of data"),
  dataschema: z.string().startsWith("urn:offair:event:").describe("Type and version of the schema of data"),
  sequence: z
    .string()
    .regex(/^[1-9][0-9]*$/)
    .describe("1, 2, 3 … within the ordering key, in the order of the deliveries; a decimal number as text"),
  orderingkey: z
    .string()
    .regex(/^(stream\.[0-9a-f]{64}|type\.[a-z.-]+)$/)
    .describe(
      "Events with the same key are delivered in order: stream. and a SHA-256, or type. and the type of an event without a stream",
    ),
  data: z.record(z.string(), z.unknown()).describe("As the schema of the type says"),
});
export type CloudEvent = z.infer<typeof cloudEventSchema>;
