/** Fault rules for matching calls. Only the first rule that fires applies, except that a `delay` lets later rules fire too. */
import * as z from "zod";

const matchSchema = z.strictObject({
  method: z.string().optional(),
  /** The path after the project id: `stream/blocks`. */
  path: z.string().optional(),
  domain: z.string().optional(),
  app: z.string().optional(),
  stream: z.string().optional(),
  /** The user that the call claims, also if its signature is wrong. */
  user: z.string().optional(),
});

const common = {
  /** Default: `fault-1`, `fault-2` … */
  id: z.string().min(1).optional(),
  /** Every given part must be equal; without parts, matches every call. */
  match: matchSchema.default({}),
  /** How often it fires; default: without limit. */
  times: z.int().min(1).optional(),
  /** Probability of firing at a matching call; reproducible by the simulator's seed. */
  probability: z.number().min(0).max(1).default(1),
};

export const faultSchema = z.discriminatedUnion("kind", [
  /** Answers an error of the gateway or of Live, also with a status of 200, and does not handle the call. Null leaves a field out. */
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(200).max(599),
    code: z.string().nullable().default("APIGW.0201"),
    msg: z.string().nullable().default("Backend unavailable"),
    ...common,
  }),
  /** Answers an HTML page, or half of an answer's JSON, and does not handle the call. */
  z.strictObject({ kind: z.literal("not-json"), status: z.int().min(200).max(599).default(200), ...common }),
  z.strictObject({ kind: z.literal("half-json"), status: z.int().min(200).max(599).default(200), ...common }),
  /** Answers 302. The default location is a path of this simulator, so that the log shows a client that follows it. */
  z.strictObject({ kind: z.literal("redirect"), location: z.string().optional(), ...common }),
  /** Closes (FIN) or resets (RST) the connection before the call is handled, or keeps it open without an answer. */
  z.strictObject({ kind: z.literal("close"), ...common }),
  z.strictObject({ kind: z.literal("reset"), ...common }),
  z.strictObject({ kind: z.literal("hang"), ...common }),
  /** Delays the answer of a call that was handled on arrival, or delays the handling itself. */
  z.strictObject({
    kind: z.literal("delay"),
    ms: z.int().min(0),
    holds: z.enum(["answer", "handling"]).default("answer"),
    ...common,
  }),
  /** Handles the call and closes the connection without an answer. */
  z.strictObject({ kind: z.literal("drop-after-commit"), ...common }),
  /** Handles the call and sends a body after the head of a 204, which has none. Headers announce its length, or chunks, or nothing. */
  z.strictObject({
    kind: z.literal("body-after-204"),
    body: z.string().default("{}"),
    framing: z.enum(["length", "chunked", "none"]).default("length"),
    ...common,
  }),
  /**
   * Handles a list. Its rows begin with the given ones, as they are, and its total counts them; or is as given; or, if it is null, is left
   * out.
   */
  z.strictObject({
    kind: z.literal("odd-list"),
    rows: z.array(z.unknown()).default([]),
    total: z.union([z.number(), z.string()]).nullable().optional(),
    ...common,
  }),
  /** Runs all checks and answers success, but does not carry the write out. */
  z.strictObject({ kind: z.literal("ignore-write"), ...common }),
]);

export type FaultInput = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema> & { readonly id: string; fired: number };

/** The properties of a call that a rule can match. */
export type CallTraits = { readonly [trait in keyof z.output<typeof matchSchema>]?: string | null | undefined };

export function createFaults(random: () => number) {
  let rules: Fault[] = [];
  let numbered = 0;

  function fires(rule: Fault, traits: CallTraits): boolean {
    if (rule.times !== undefined && rule.fired >= rule.times) return false;
    const wanted = Object.entries(rule.match) as [keyof CallTraits, string | undefined][];
    if (!wanted.every(([trait, value]) => value === undefined || traits[trait] === value)) return false;
    return rule.probability >= 1 || random() < rule.probability;
  }

  return {
    /** Adds a rule; one with an existing id replaces it. Throws a ZodError for an invalid rule. */
    add(input: unknown): Fault {
      const parsed = faultSchema.parse(input);
      const rule: Fault = { ...parsed, id: parsed.id ?? `fault-${++numbered}`, fired: 0 };
      rules = [...rules.filter(({ id }) => id !== rule.id), rule];
      return rule;
    },
    /** The rules, with the number of times that each fired. */
    all: (): Fault[] => rules.map((rule) => ({ ...rule })),
    /** Removes one rule, or all without an id. Returns the number of removed rules. */
    remove(id?: string): number {
      const kept = id === undefined ? [] : rules.filter((rule) => rule.id !== id);
      const removed = rules.length - kept.length;
      rules = kept;
      return removed;
    },
    /** Returns and counts the rules that fire at this call: any number of delays, and at most one other rule at the end. */
    strike(traits: CallTraits): Fault[] {
      const struck: Fault[] = [];
      for (const rule of rules) {
        if (!fires(rule, traits)) continue;
        rule.fired += 1;
        struck.push(rule);
        if (rule.kind !== "delay") break;
      }
      return struck;
    },
  };
}
