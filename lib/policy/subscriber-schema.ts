/** The schema of one subscriber in policy.yml: where events are sent, which ones, and how they are signed. Build time only. */
import * as z from "zod";
import { EVENT_TYPES, type EventType } from "../events/types/event-types.ts";
import { nameSchema } from "./source-schema.ts";

const GROUPS = [...new Set(EVENT_TYPES.map((type) => `${type.split(".", 1)[0]}.*`))];

/** What `events` may list: a type, a group like `stream.*`, or `*`. */
const selectorSchema = z.enum([...EVENT_TYPES, ...GROUPS, "*"], {
  error: `must be a type of event, a group (${GROUPS.join(", ")}) or "*"`,
});

/** The types in the catalogue's order, each once. */
const expand = (selectors: readonly string[]): EventType[] =>
  EVENT_TYPES.filter((type) =>
    selectors.some((each) => each === type || each === "*" || each === `${type.split(".", 1)[0]}.*`),
  );

export const subscriberSchema = z.strictObject({
  url: z
    .string()
    .min(1)
    .max(2_048)
    .describe(
      "https, a host of the public internet, no credentials and no fragment. The addresses of the host are checked again at each delivery.",
    ),
  events: z
    .array(selectorSchema)
    .min(1)
    .max(EVENT_TYPES.length)
    .transform(expand)
    .describe('Types of events, groups like "stream.*", or "*" for all. docs/events.md describes the types.'),
  signature: z
    .enum(["v1", "v1a"])
    .default("v1")
    .describe(
      "`v1`: HMAC-SHA256 with a secret that both sides have. `v1a`: Ed25519 with offair's own key; the receiver reads the public key at " +
        "/events/keys and needs no secret.",
    ),
  secret: nameSchema
    .optional()
    .describe(
      "Only with v1. Name of the secret below offair/<stage>/subscribers/; by default the subscriber's name. Two subscribers cannot share a secret.",
    ),
});
