/** The schema of one source in policy.yml: its adapter, its grade, and how its labels map to categories. Build time only. */
import * as z from "zod";
import { categorySchema } from "../reports/claim.ts";
import { GRADES, type Grade } from "./grade.ts";
import { SOURCE_KINDS, WITHIN_BY_KIND, WITHIN_FORMAT, withinIssue } from "./review-within.ts";

/** Names of sources and rules. */
export const nameSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/, "must be 1 to 64 lower-case letters, digits and dashes");
export const gradeSchema = z.enum(GRADES);
export const wholeNumber = (min: number, max: number) => z.number().int().min(min).max(max);
/** A number of automatic actions. */
export const actionsSchema = z.number().int().min(0);

export const reviewWithinSchema = z.string(WITHIN_FORMAT).superRefine((text, context) => {
  const message = withinIssue(text);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

const pointer = z
  .string()
  .regex(
    /^(\/(body|item)(\/([^~/]|~[01])*)*|\/query\/([^~/]|~[01])+|\/headers\/[a-z0-9-]+)$/,
    "must be a JSON pointer like /body/…, /query/{name} or /headers/{name in lower case}",
  )
  .describe(
    "JSON pointer (RFC 6901) into the request: /body/…, /query/…, /headers/… (header names in lower case); with each also /item/….",
  );
const header = z.string().regex(/^[a-z0-9-]{1,64}$/, "must be a header's name in lower case");

const sourceBase = {
  grade: gradeSchema.describe(
    "How much the source's signature covers. A: body, time and id. B: body and time. C: the body only. D: some fields only. " +
      "E: a time or a host. F: a fixed token. It cannot be better than the adapter can prove. D to F can only cause a review or one pause.",
  ),
  secret: nameSchema
    .optional()
    .describe(
      "Name of the secret below offair/<stage>/sources/; by default the source's name. Two sources cannot share a secret.",
    ),
  maxActions: actionsSchema
    .optional()
    .describe("Automatic actions of this source in the window, in place of limits.perSource."),
  kind: z
    .enum(SOURCE_KINDS)
    .optional()
    .describe(
      "Who finds what this source reports. appeal: the source reports nothing; the platform passes on the appeals of broadcasters. Without " +
        "reviewWithin, it says how long a case may wait for a person: " +
        `${SOURCE_KINDS.map((kind) => `${kind} ${WITHIN_BY_KIND[kind]}`).join(", ")}. By default people for the adapter standard, which ` +
        "your own services and forms use, and classifier for all others, because they report what a model found.",
    ),
  reviewWithin: reviewWithinSchema
    .optional()
    .describe(
      "The time that people have for a case of this source, from 15m to 30d. If the rule has one as well, the shorter one counts.",
    ),
};
const categories = z
  .record(z.string().min(1).max(256), categorySchema)
  .describe("The category of each label that the source sends. Labels are compared byte for byte.");

const authenticationSchema = z.discriminatedUnion("scheme", [
  z.strictObject({
    scheme: z.literal("hmac").describe("HMAC of the body as received: grade C."),
    header: header.describe("Header that holds the signature, in lower case."),
    algorithm: z.enum(["sha256", "sha512"]).default("sha256").describe("Hash function of the HMAC."),
    encoding: z.enum(["hex", "base64"]).default("hex").describe("Encoding of the signature."),
    prefix: z.string().max(32).default("").describe('Text before the signature in the header, such as "sha256=".'),
    gzip: z
      .boolean()
      .default(false)
      .describe("Whether the sender may compress the body with gzip and signs the uncompressed bytes."),
  }),
  z.strictObject({
    scheme: z.literal("md5").describe("MD5 of a key and a time, which proves nothing about the body: grade E."),
    of: z
      .array(z.enum(["key", "time", "host"]))
      .min(2)
      .max(3)
      .describe("What is hashed, in this order: the key, the time and optionally the host."),
    separator: z.string().max(4).default("").describe("Text between the hashed parts."),
    host: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe("The domain that is hashed as host, if it is not the one that the sender calls."),
    sign: pointer.describe("JSON pointer to the hash."),
    time: pointer.describe("JSON pointer to the time, in Unix seconds."),
    timeIs: z
      .enum(["sent", "expiry"])
      .describe("Whether the time says when the request was sent (at most five minutes off) or when it expires."),
  }),
  z.strictObject({
    scheme: z.literal("bearer").describe("A fixed token in a header: grade F."),
    header: header.default("authorization").describe("Header that holds the token, in lower case."),
    prefix: z.string().max(32).default("").describe('Text before the token in the header, such as "Bearer ".'),
  }),
]);

const fieldSchema = z.union([pointer, z.strictObject({ is: z.string().min(1).max(512) }).describe("A fixed value.")], {
  error: "must be a JSON pointer like /body/…, /query/{name} or /headers/{name in lower case}, or { is: … }",
});

const plainValue = z.union([
  z.string(),
  z.number().refine(Number.isSafeInteger, "must be a whole number, or in quotes"),
  z.boolean(),
]);

const mappedSchema = z.strictObject({
  adapter: z
    .literal("json-mapping")
    .describe(
      "Any sender of JSON. The policy says where each value is, by JSON pointers (RFC 6901) into the request: /body/…, /query/{name}, " +
        "/headers/{name in lower case}.",
    ),
  ...sourceBase,
  authentication: authenticationSchema.describe("How the sender proves that a request is its own."),
  when: z
    .strictObject({
      at: pointer.describe("JSON pointer to the value."),
      in: z
        .array(plainValue)
        .min(1)
        .describe('The values that make a report, compared as text: 2 and "2" are equal, and so are true and "true".'),
      ignore: z
        .array(plainValue)
        .min(1)
        .optional()
        .describe(
          "The values that report nothing. If it is given, any value that is in neither list is held for review.",
        ),
    })
    .optional()
    .describe(
      "Only requests with one of these values are reports. All others are answered as a success and ignored, unless ignore says which.",
    ),
  each: z
    .string()
    .regex(/^\/body(\/([^~/]|~[01])*)*$/, "must be a JSON pointer like /body/…")
    .optional()
    .describe(
      "JSON pointer to a list whose every element makes a report of its own. Pointers that begin with /item lead into the element. An " +
        "element that cannot be read is held for review.",
    ),
  id: z
    .array(pointer)
    .min(1)
    .max(8)
    .optional()
    .describe("JSON pointers to the values that identify a report when it is sent again; by default the whole body."),
  stream: z
    .union(
      [
        z.strictObject({
          domain: fieldSchema.describe("Ingest domain: a JSON pointer, or { is: … } for a fixed value."),
          app: fieldSchema.describe("App name, likewise."),
          stream: fieldSchema.describe("Stream name, likewise."),
        }),
        z.strictObject({ url: pointer.describe("JSON pointer to a URL such as rtmp://domain/app/stream.") }),
        z.strictObject({ path: pointer.describe("JSON pointer to a text such as domain/app/stream.") }),
      ],
      { error: "must be { domain, app, stream }, { url } or { path }" },
    )
    .describe("Where the stream is named: domain, app and stream one by one, or a URL, or a path."),
  category: fieldSchema.describe("The source's label: a JSON pointer, or { is: … } for a fixed value."),
  categories,
  score: z
    .strictObject({
      at: pointer.describe("JSON pointer to the score."),
      max: z.number().positive().default(1).describe("The score that means certain: 1 or 100."),
    })
    .optional()
    .describe("The source's confidence."),
  time: z
    .strictObject({
      at: pointer.describe("JSON pointer to the time."),
      unit: z.enum(["s", "ms", "rfc3339"]).describe("Unix seconds, Unix milliseconds, or RFC 3339 text."),
    })
    .optional()
    .describe("When the harm was seen; by default when the report was received."),
  reason: pointer.optional().describe("JSON pointer to the sender's reason."),
  reporter: pointer
    .optional()
    .describe("JSON pointer to the id of the person who reported. Only a pseudonym is stored."),
  success: z
    .strictObject({
      status: wholeNumber(200, 299).default(200).describe("HTTP status."),
      body: z.record(z.string(), z.json()).default({}).describe("JSON body."),
    })
    .prefault({})
    .describe("The response that this sender expects; many send again on anything but 200."),
});

export const sourceSchema = z.discriminatedUnion("adapter", [
  z.strictObject({ adapter: z.literal("standard").describe("Standard Webhooks: grade A."), ...sourceBase }),
  z.strictObject({
    adapter: z.literal("getstream").describe("GetStream's review queue: grade C."),
    ...sourceBase,
    categories,
  }),
  z.strictObject({
    adapter: z.literal("huawei-moderation").describe("Huawei Content Moderation, video stream: grade D."),
    ...sourceBase,
    categories,
  }),
  z.strictObject({
    adapter: z
      .literal("huawei-push")
      .describe(
        "Huawei Live's push status. It sends no reports; it announces that a paused stream is pushed again: grade D.",
      ),
    ...sourceBase,
  }),
  z.strictObject({
    adapter: z.literal("sightengine").describe("Sightengine's callbacks: grade B."),
    ...sourceBase,
    categories: categories.describe("The category of each path within a frame, such as nudity/sexual_activity."),
    minScore: z.number().min(0).max(1).default(0.5).describe("Frames with a lower score are ignored."),
  }),
  mappedSchema,
]);

/** The best grade that an adapter's signature can prove; for `json-mapping`, the authentication scheme decides. */
export const PROVEN_BY_ADAPTER = {
  standard: "A",
  sightengine: "B",
  getstream: "C",
  "huawei-moderation": "D", // signs create_time, job_id and request_id, but not the result
  "huawei-push": "D", // signs event, stream and expiry, joined without a separator
} as const satisfies Record<Exclude<z.infer<typeof sourceSchema>["adapter"], "json-mapping">, Grade>;
