/** Figures of sources and statements about actions, as a response has them. */
import * as z from "zod";
import type { OverturnReason } from "../../orders/overturn.ts";
import type { Grade } from "../../policy/grade.ts";
import type { SourceKind } from "../../policy/review-within.ts";
import { count, flag, type Known, optionalText, stream, text, word } from "./field-schemas.ts";

const share = z.number();

/** Without cases there is no precision and no interval. */
const figure = z.looseObject({
  right: count,
  cases: count,
  precision: share.exactOptional(),
  low: share.exactOptional(),
  high: share.exactOptional(),
});
const namedFigure = figure.extend({ name: text });

/** The pseudonym's first characters, and decaying numbers of reports. */
const reporter = z.looseObject({ reporter: text, right: z.number(), wrong: z.number(), countedAt: text });

const sourceRow = z.looseObject({
  name: text,
  kind: word<SourceKind>(),
  adapter: text,
  grade: word<Grade>(),
  frozen: flag,
  /** The figures are of the reports since then. */
  since: text,
  /** False: there are older reports in the time that was asked for, which are too many to be counted. */
  isWhole: flag,
  reports: count,
  actions: count,
  neverLookedAt: count,
  waiting: count,
  all: figure,
  sample: figure.extend({ drawn: count }),
  // Of one source only.
  rules: z.array(namedFigure).exactOptional(),
  categories: z.array(namedFigure).exactOptional(),
  bands: z.array(namedFigure).exactOptional(),
  /** Those who were wrong most often. */
  reporters: z.array(reporter).exactOptional(),
  reportersKnown: count.exactOptional(),
});

export const overturn = z.looseObject({ because: word<OverturnReason>(), by: text, at: text, reason: text });

/** What a person marked as wrong: the report with its source and rule, or the orders of an operator. */
const overturned = z.looseObject({
  report: optionalText,
  source: optionalText,
  rule: optionalText,
  stream: stream.exactOptional(),
  orderId: optionalText,
  /** Of a granted appeal: the number of the order. */
  number: count.exactOptional(),
  /** Every statement, oldest first. The last one counts. */
  overturns: z.array(overturn),
});

export type SourceRow = Known<z.infer<typeof sourceRow>>;
export type Overturned = Known<z.infer<typeof overturned>>;

/** The share of actions that people look at afterwards. */
export const sample = z.looseObject({ share, changedAt: text, changedBy: text, reason: text });

/** Fields of a response: of `sources`, and of `overturn`. */
export const figuresFields = { sources: z.array(sourceRow).exactOptional(), overturned: overturned.exactOptional() };
