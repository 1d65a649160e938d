/** The events of sources, audits and access keys. */
import * as z from "zod";
import * as field from "./data-fields.ts";
import type { Entry } from "./entry.ts";
import { HUAWEI_USER } from "./types/huawei-user.ts";

export const SYSTEM_EVENTS = {
  "source.frozen": {
    when: "An operator froze a source, whose reports then wait for a person, or ended the freeze.",
    data: z.strictObject({
      source: field.source,
      frozen: z.boolean().describe("true: it is frozen from now on. false: it is not any more"),
      by: field.person("Who did it"),
      reason: field.reason,
    }),
  },
  "audit.drift": {
    when: "An audit found that Live and the ledger disagree. Once per audit.",
    data: z.strictObject({
      slot: field.instant("The scheduled hour of the audit"),
      entry: z.int().min(1).describe("Number of the audit's chain entry"),
      counts: z
        .record(z.string().max(50), z.int().min(1))
        .describe("Findings by kind of drift: missing, unexpected, wrong-resume-time, outlived"),
      findings: z.string().max(300).describe("Name of the object in the archive that has the findings").exactOptional(),
    }),
  },
  "key.blocked": {
    when: "Live refused an access key, and offair stopped using it before Live locks it.",
    data: z.strictObject({
      user: z
        .string()
        .regex(HUAWEI_USER)
        .describe(
          "The Huawei user whose key it is: worker or audit, or a further user of their pools, such as worker-2",
        ),
      key: z.string().min(1).max(64).describe("The beginning of the SHA-256 of the access key"),
      until: field.instant("When it is tried again; absent if only another secret ends it").exactOptional(),
    }),
  },
} as const satisfies Record<string, Entry>;
