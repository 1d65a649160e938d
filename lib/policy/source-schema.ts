/** The shape of one source in policy.yml: which adapter, how far it is trusted, and what its words are to us. Build time only. */
import * as z from "zod";
import { categorySchema } from "../reports/claim.ts";
import { GRADES } from "./grade.ts";

/** Of sources and rules. */
export const nameSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/, "must be 1 to 64 lower-case letters, digits and dashes");
export const gradeSchema = z.enum(GRADES);
/** So many automatic actions. */
export const actionsSchema = z.number().int().min(0);

const pointer = z
  .string()
  .regex(
    /^(\/body(\/([^~/]|~[01])*)*|\/query\/([^~/]|~[01])+|\/headers\/[a-z0-9-]+)$/,
    "must be a JSON pointer like /body/…, /query/{name} or /headers/{name in lower case}",
  )
  .describe("JSON pointer (RFC 6901) into the request: /body/…, /query/…, /headers/… (header names in lower case).");
const header = z.string().regex(/^[a-z0-9-]{1,64}$/, "must be a header's name in lower case");

const sourceBase = {
  grade: gradeSchema.describe(
    "What the signature covers. A: body, time and id. B: body and time. C: the body only. D: some fields only. E: a time or a host. " +
      "F: a fixed token. Not better than the adapter can prove; D to F may cause a review or one pause, and no more.",
  ),
  secret: nameSchema
    .optional()
    .describe(
      "Name of the secret, below offair/<stage>/sources/. The source's own name unless told; no two sources share one.",
    ),
  maxActions: actionsSchema
    .optional()
    .describe("Automatic actions of this source in the limits' window, where it is to be other than limits.perSource."),
};
const categories = z
  .record(z.string().min(1).max(256), categorySchema)
  .describe("The source's own labels, byte for byte, and what they are to us.");

const authenticationSchema = z.discriminatedUnion("scheme", [
  z.strictObject({
    scheme: z.literal("hmac").describe("HMAC over the body as received: grade C."),
    header,
    algorithm: z.enum(["sha256", "sha512"]).default("sha256"),
    encoding: z.enum(["hex", "base64"]).default("hex"),
    prefix: z.string().max(32).default("").describe('Before the signature in the header, as "sha256=".'),
  }),
  z.strictObject({
    scheme: z.literal("md5").describe("MD5 of a key and a time; nothing of the body is proven: grade E."),
    of: z
      .array(z.enum(["key", "time", "host"]))
      .min(2)
      .max(3)
      .describe("What is hashed, in its order: key and time, and the host."),
    separator: z.string().max(4).default(""),
    sign: pointer,
    time: pointer.describe("Where the time stands, in Unix seconds."),
    timeIs: z.enum(["sent", "expiry"]).describe("When it was sent (five minutes either way), or when it ends."),
  }),
  z.strictObject({
    scheme: z.literal("bearer").describe("A fixed token in a header: grade F."),
    header: header.default("authorization"),
    prefix: z.string().max(32).default("").describe('Before the token in the header, as "Bearer ".'),
  }),
]);

const fieldSchema = z.union(
  [pointer, z.strictObject({ is: z.string().min(1).max(512) }).describe("What is always so.")],
  { error: "must be a JSON pointer like /body/…, /query/{name} or /headers/{name in lower case}, or { is: … }" },
);

const mappedSchema = z.strictObject({
  adapter: z.literal("json-mapping").describe("Any sender of JSON, described here."),
  ...sourceBase,
  authentication: authenticationSchema,
  when: z
    .strictObject({ at: pointer, in: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1) })
    .optional()
    .describe("Only such a request is a report; any other is nothing to report, and is answered as a success."),
  id: z
    .array(pointer)
    .min(1)
    .max(8)
    .optional()
    .describe("What makes a report the same one when it is sent again; the whole body unless told."),
  stream: z
    .union(
      [
        z.strictObject({ domain: fieldSchema, app: fieldSchema, stream: fieldSchema }),
        z.strictObject({ url: pointer }),
        z.strictObject({ path: pointer }),
      ],
      { error: "must be { domain, app, stream }, { url } or { path }" },
    )
    .describe(
      "The ingest triple: field by field, or from a URL (rtmp://domain/app/stream), or from domain/app/stream in one text.",
    ),
  category: fieldSchema,
  categories,
  score: z
    .strictObject({
      at: pointer,
      max: z.number().positive().default(1).describe("What stands for certainty: 1 or 100."),
    })
    .optional(),
  time: z
    .strictObject({ at: pointer, unit: z.enum(["s", "ms", "rfc3339"]) })
    .optional()
    .describe("When the harm was seen; the receipt unless told."),
  reason: pointer.optional(),
  reporter: pointer.optional(),
  success: z
    .strictObject({
      status: z.number().int().min(200).max(299).default(200),
      body: z.record(z.string(), z.json()).default({}),
    })
    .prefault({})
    .describe("What this sender takes for success; many send again on anything but 200."),
});

export const sourceSchema = z.discriminatedUnion("adapter", [
  z.strictObject({ adapter: z.literal("standard").describe("Standard Webhooks: grade A."), ...sourceBase }),
  z.strictObject({
    adapter: z.literal("huawei-moderation").describe("Huawei Content Moderation, video stream: grade D."),
    ...sourceBase,
    categories,
  }),
  z.strictObject({
    adapter: z
      .literal("huawei-push")
      .describe("Huawei Live's push status, which reports nothing and tells of returns: grade D."),
    ...sourceBase,
  }),
  z.strictObject({
    adapter: z.literal("sightengine").describe("Sightengine's callbacks: grade B."),
    ...sourceBase,
    categories: categories.describe("By the path within a frame: nudity/sexual_activity."),
    minScore: z.number().min(0).max(1).default(0.5).describe("A frame below it is nothing to report."),
  }),
  mappedSchema,
]);
