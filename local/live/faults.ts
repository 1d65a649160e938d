/** Faults on demand: rules that spoil the calls they match. The first rule that fires counts; a `delay` lets the next ones fire too. */
import * as z from "zod";

const matchSchema = z.strictObject({
  method: z.string().optional(),
  /** What follows the project id: `stream/blocks`. */
  path: z.string().optional(),
  domain: z.string().optional(),
  app: z.string().optional(),
  stream: z.string().optional(),
  /** The user the call says it is from, also when its signature is wrong. */
  user: z.string().optional(),
});

const common = {
  /** `fault-1`, `fault-2` … when absent. */
  id: z.string().min(1).optional(),
  /** Every part given must be equal; nothing given matches every call. */
  match: matchSchema.default({}),
  /** How often it fires before it rests; without limit when absent. */
  times: z.int().min(1).optional(),
  /** Of firing at a call that matches, by the simulator's seed. */
  probability: z.number().min(0).max(1).default(1),
};

export const faultSchema = z.discriminatedUnion("kind", [
  /** An error of the gateway or of Live instead of handling the call. */
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(200).max(599),
    code: z.string().default("APIGW.0201"),
    msg: z.string().default("Backend unavailable"),
    ...common,
  }),
  /** A page of HTML; half of an answer's JSON. Neither handles the call. */
  z.strictObject({ kind: z.literal("not-json"), status: z.int().min(200).max(599).default(200), ...common }),
  z.strictObject({ kind: z.literal("half-json"), status: z.int().min(200).max(599).default(200), ...common }),
  /** 302; without a location it leads to a path of this simulator, so that the log tells who followed. */
  z.strictObject({ kind: z.literal("redirect"), location: z.string().optional(), ...common }),
  /** The connection is closed (FIN) or reset (RST) before the call is handled, or stays open without an answer. */
  z.strictObject({ kind: z.literal("close"), ...common }),
  z.strictObject({ kind: z.literal("reset"), ...common }),
  z.strictObject({ kind: z.literal("hang"), ...common }),
  /** Holds back the answer of a call that was handled on arrival, or the handling itself: then it happens late. */
  z.strictObject({
    kind: z.literal("delay"),
    ms: z.int().min(0),
    holds: z.enum(["answer", "handling"]).default("answer"),
    ...common,
  }),
  /** Handles the call and closes the connection without an answer. */
  z.strictObject({ kind: z.literal("drop-after-commit"), ...common }),
  /** All checks, and the answer of success, without doing it. */
  z.strictObject({ kind: z.literal("ignore-write"), ...common }),
]);

export type FaultInput = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema> & { readonly id: string; fired: number };

/** What a rule can look at. */
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
    /** Throws a ZodError on a rule that is not as documented. A rule with a known id replaces that one. */
    add(input: unknown): Fault {
      const parsed = faultSchema.parse(input);
      const rule: Fault = { ...parsed, id: parsed.id ?? `fault-${++numbered}`, fired: 0 };
      rules = [...rules.filter(({ id }) => id !== rule.id), rule];
      return rule;
    },
    /** The rules with how often each one fired. */
    all: (): Fault[] => rules.map((rule) => ({ ...rule })),
    /** Without an id, all of them. Tells how many went. */
    remove(id?: string): number {
      const kept = id === undefined ? [] : rules.filter((rule) => rule.id !== id);
      const removed = rules.length - kept.length;
      rules = kept;
      return removed;
    },
    /** The rules that fire at this call, counted: any delays, and at most one other at the end. */
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
