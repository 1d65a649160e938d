/** Fields that several events have, each with its meaning: `npm run docs` writes the descriptions into docs/events.md and the JSON Schemas. */
import * as z from "zod";
import { REASON_MAX } from "./limit-text.ts";

export const instant = (what: string) => z.iso.datetime().describe(`${what} (RFC 3339, UTC)`);

const text = (what: string, max: number) => z.string().min(1).max(max).describe(what);

export const stream = z
  .strictObject({
    // Live's limits are in code points; a code point is at most two UTF-16 units, which `max` counts.
    domain: z.string().min(1).max(510).describe("Ingest domain, in lower case; at most 255 characters"),
    app: z.string().min(1).max(256).describe("App name; at most 128 characters"),
    stream: z.string().min(1).max(1_024).describe("Stream name; at most 512 characters"),
  })
  .describe("The stream, by its ingest triple (Live: Querying Disabled Streams, table 2)");

export const orderNumber = (what: string) => z.int().min(1).describe(what);
export const order = orderNumber("Number of the order within its stream: 1, 2, 3 …. The newest one wins");

export const until = instant(
  "Resume time of a disable: when the stream may be pushed again by itself; whole seconds, at most 90 days ahead",
);

export const person = (what: string) =>
  text(`${what}: the ARN that AWS stated, or a claimed name, as the ledger has it`, 2_100);

export const orderId = (what: string) =>
  z
    .string()
    .regex(/^op-[0-9a-f-]{36}$/)
    .describe(`${what}: op- and a UUID. An applied plan is a batch with the same id`);

export const report = text("Key of the report in the ledger, source#id. The id is the sender's own", 1_000);

export const source = text("Name of the source in the policy", 100);
export const rule = text("Id of the rule in the policy", 100);
export const policy = text("SHA-256 of the compiled policy that decided", 64);
export const because = (what: string) => text(`${what}: a code of offair, such as no-rule or limit-total`, 200);

export const category = text("What the report says is wrong, as the policy's categories: csam, weapons, nudity …", 100);

export const reason = text(
  "What the operator wrote as the reason of the order, plan or freeze; at most 2,000 characters. Never a text of a report or of a verdict",
  REASON_MAX,
);

export const outcome = z
  .enum(["accepted", "verified", "unverified", "unknown"])
  .describe(
    "accepted: Live took a pause, and its effect is not known yet. verified: Live's list shows it; of a pause: the push is over. " +
      "unverified: Live took it, and its list did not show it in time; of a pause: the push went on. unknown: a response was lost, so it may have had an effect",
  );

export const decidedBy = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("rule").describe("A rule of the policy decided"), rule, source, policy }),
    z.strictObject({
      kind: z.literal("operator").describe("A person decided"),
      person: person("Who asked for it"),
      orderId: orderId("Id of the request or of the batch"),
      approvedBy: person("The second person, who approved it").exactOptional(),
      breakGlass: z
        .literal(true)
        .describe("The break-glass right was used instead of the second person")
        .exactOptional(),
      undoes: orderId("The batch that this order undoes").exactOptional(),
      reverses: orderNumber(
        "The stream's order that is reversed, because an appeal against it was granted",
      ).exactOptional(),
    }),
  ])
  .describe("What decided: a rule of the policy, or a person");

export const proof = z
  .strictObject({
    by: z
      .enum(["callback", "statistics"])
      .describe(
        "callback: Live reported the end of the push. statistics: Live's record of the push, read with a signed call",
      ),
    at: instant("When offair received it"),
  })
  .describe("How the outcome of a pause became known. A disable or enable is verified by Live's list");

export const previous = z
  .strictObject({
    state: z
      .enum(["enabled", "paused", "disabled", "unknown"])
      .describe(
        "enabled: no earlier order kept the stream off. paused: the last effective order cut its push once, and it could be pushed again. " +
          "disabled: pushing was forbidden until `until`. unknown: the effect of an earlier order is not known",
      ),
    order: orderNumber(
      "Number of the earlier order that the state follows from; absent if there was none",
    ).exactOptional(),
    until: until.exactOptional(),
    since: instant("When the earlier order ended; only if paused").exactOptional(),
  })
  .describe("State of the stream before this order, by the ledger: whether it was being pushed is not known");

export const republish = z
  .strictObject({
    after: orderNumber("Number of the order that first took the stream off the air"),
    times: z
      .int()
      .min(0)
      .describe("Re-publishes since then, with this one. A push that may be the one that was cut does not count"),
    startedAt: instant("When the push began by Live's clock; this time is in no signature").exactOptional(),
    wentOn: z
      .literal(true)
      .describe("Live's statistics show that a pause did not end the push: it is the same push, not a new one")
      .exactOptional(),
  })
  .describe("Set if the stream was on the air again or still");

export const repairs = z
  .strictObject({
    of: orderNumber("Number of the order that is repaired"),
    why: z
      .enum(["missing", "expiring"])
      .describe("missing: Live did not list the disable. expiring: it was about to end"),
  })
  .describe("Set if an audit asked for the order, to repair an earlier disable with its authority");
