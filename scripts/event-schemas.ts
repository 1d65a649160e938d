/** The JSON Schemas of events, and the AsyncAPI document, from the catalogue. */
import * as z from "zod";
import { CATALOGUE } from "../lib/events/catalogue.ts";
import { schemaUrn } from "../lib/events/cloud-event.ts";
import { cloudEventSchema } from "../lib/events/cloud-event-schema.ts";
import { EVENT_TYPES, type EventType } from "../lib/events/types/event-types.ts";
import { exampleOf } from "./event-examples.ts";

type Target = "draft-2020-12" | "draft-7";
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** A receiver must accept fields that a later version of offair adds. Times are described by their format alone. */
function toJsonSchema(schema: z.ZodType, target: Target): JsonSchema {
  return z.toJSONSchema(schema, {
    target,
    override({ jsonSchema }) {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
    },
  });
}

/** Of the `data` of events of this type (JSON Schema 2020-12). */
export function dataSchema(type: EventType): JsonSchema {
  const { when, data } = CATALOGUE[type];
  const { $schema, ...rest } = toJsonSchema(data, "draft-2020-12");
  return { $schema, $id: schemaUrn(type), title: type, description: when, ...rest } as JsonSchema;
}

/** Of what an event has besides its data. */
export const envelopeSchema = (): JsonSchema => toJsonSchema(cloudEventSchema, "draft-2020-12");

/** Of the whole event, as it is delivered. */
function payloadSchema(type: EventType): JsonSchema {
  const { $schema: _known, ...envelope } = toJsonSchema(cloudEventSchema, "draft-7");
  const { $schema: _same, ...data } = toJsonSchema(CATALOGUE[type].data, "draft-7");
  const dataschema = { const: schemaUrn(type) };
  return { ...envelope, properties: { ...envelope.properties, type: { const: type }, dataschema, data } } as JsonSchema;
}

const message = (type: EventType) => ({
  name: type,
  title: type,
  summary: CATALOGUE[type].when,
  contentType: "application/cloudevents+json",
  payload: { $ref: `#/components/schemas/${type}` },
});

const HEADERS = {
  type: "object",
  required: ["webhook-id", "webhook-timestamp", "webhook-signature"],
  properties: {
    "webhook-id": { type: "string", description: "The event's id: the same in each attempt" },
    "webhook-timestamp": { type: "string", description: "When this attempt was made, in Unix seconds" },
    "webhook-signature": {
      type: "string",
      description: "Signatures as Standard Webhooks has them, separated by blanks: v1 (HMAC-SHA256) or v1a (Ed25519)",
    },
  },
};

/** AsyncAPI 3.0: what offair sends, and to where. */
export function asyncApi(): object {
  const inChannel = (channel: string) =>
    EVENT_TYPES.map((type) => ({ $ref: `#/channels/${channel}/messages/${type}` }));
  const messages = Object.fromEntries(EVENT_TYPES.map((type) => [type, { $ref: `#/components/messages/${type}` }]));
  const signed = Object.fromEntries(
    EVENT_TYPES.map((type) => [type, { $ref: `#/components/messages/webhook.${type}` }]),
  );
  return {
    asyncapi: "3.0.0",
    info: {
      title: "offair events",
      version: "1.0.0",
      description: "What offair tells the platform whose streams it takes off the air. docs/events.md explains it.",
    },
    defaultContentType: "application/cloudevents+json",
    channels: {
      webhook: {
        address: null,
        title: "The platform's endpoint",
        description:
          "A subscriber of the policy: POST to its URL, signed as Standard Webhooks. It has the types that it asks for.",
        messages: signed,
      },
      bus: {
        address: null,
        title: "The EventBridge bus of the stage",
        description:
          "All events: the entry's source is offair, its detail-type is the type, and its detail is the event.",
        messages,
      },
    },
    operations: {
      deliverToSubscriber: {
        action: "send",
        channel: { $ref: "#/channels/webhook" },
        summary: "Delivers an event to a subscriber, in order, until it answers 2xx",
        messages: inChannel("webhook"),
      },
      putOnBus: {
        action: "send",
        channel: { $ref: "#/channels/bus" },
        summary: "Puts an event on the bus",
        messages: inChannel("bus"),
      },
    },
    components: {
      schemas: Object.fromEntries(
        EVENT_TYPES.map((type) => [
          type,
          { schemaFormat: "application/schema+json;version=draft-07", schema: payloadSchema(type) },
        ]),
      ),
      messages: {
        ...Object.fromEntries(
          EVENT_TYPES.map((type) => [type, { ...message(type), examples: [{ name: type, payload: exampleOf(type) }] }]),
        ),
        ...Object.fromEntries(EVENT_TYPES.map((type) => [`webhook.${type}`, { ...message(type), headers: HEADERS }])),
      },
    },
  };
}
