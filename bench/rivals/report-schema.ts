/** A report as JSON Schema, for `@middy/validator` in the webhook and in the worker. */
export const reportSchema = {
  type: "object",
  required: ["occurredAt", "stream", "category"],
  properties: {
    occurredAt: { type: "string", format: "date-time" },
    stream: {
      type: "object",
      required: ["domain", "app", "stream"],
      properties: {
        domain: { type: "string", minLength: 1, maxLength: 255 },
        app: { type: "string", minLength: 1, maxLength: 128 },
        stream: { type: "string", minLength: 1, maxLength: 512 },
      },
    },
    category: {
      type: "string",
      enum: [
        ...["csam", "terrorism", "self-harm", "violence", "weapons", "nudity"],
        ...["hate", "harassment", "fraud", "ip", "spam", "other"],
      ],
    },
    score: { type: "number", minimum: 0, maximum: 1 },
    reason: { type: "string", maxLength: 2_000 },
    evidence: {
      type: "array",
      maxItems: 10,
      items: {
        type: "object",
        required: ["url"],
        properties: {
          url: { type: "string", format: "uri", maxLength: 2_048 },
          sha256: { type: "string", pattern: "^[0-9a-fA-F]{64}$" },
        },
      },
    },
    reporter: {
      type: "object",
      required: ["id"],
      properties: { id: { type: "string", minLength: 1, maxLength: 256 } },
    },
  },
} as const;

export interface Report {
  readonly occurredAt: string;
  readonly stream: { readonly domain: string; readonly app: string; readonly stream: string };
  readonly category: string;
  readonly score?: number;
}
