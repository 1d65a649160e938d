/**
 * Counts how often a source was right, from what people said of its cases (docs/adr/0026). Pure. Every figure is of one source, so no other
 * source's reporters can move it.
 */
import { definedOnly } from "../core/defined-only.ts";
import { isCarriedOut } from "../decisions/report-record.ts";
import { bandOf } from "./bands.ts";
import { type Judgement, judge } from "./judgement.ts";
import type { PastCase } from "./past-case.ts";
import { type Interval, wilson } from "./wilson.ts";

/** Absent interval: nobody looked at a case. */
export interface Figure extends Partial<Interval> {
  readonly right: number;
  /** Cases that people looked at. */
  readonly cases: number;
}

export interface NamedFigure extends Figure {
  readonly name: string;
}

export interface SourceFigures {
  /** Reports in the time. */
  readonly reports: number;
  /** Reports on which offair acted, or would have acted in the mode enforce. */
  readonly actions: number;
  /** Of the actions: nobody has looked at them. */
  readonly neverLookedAt: number;
  /** Reports that wait for a person, sample cases included. */
  readonly waiting: number;
  /** The source was right about the stream: all cases that people looked at, which are no fair sample. */
  readonly all: Figure;
  /** Actions that were drawn at random: how many were drawn, and the precision of those that people looked at. */
  readonly sample: Figure & { readonly drawn: number };
  /** The action was right, by the rule that decided. */
  readonly rules: readonly NamedFigure[];
  /** The source was right, by category and by score band. */
  readonly categories: readonly NamedFigure[];
  readonly bands: readonly NamedFigure[];
}

const hasActed = ({ claimed, outcome }: Pick<PastCase, "claimed" | "outcome">): boolean =>
  (claimed.action === "pause" || claimed.action === "disable") && isCarriedOut(outcome);

interface Judged {
  readonly past: PastCase;
  readonly judgement: Judgement;
}

export function figuresOf(cases: readonly PastCase[]): SourceFigures {
  const judged = cases.flatMap((past) => {
    const judgement = judge(past);
    return judgement ? [{ past, judgement }] : [];
  });
  const acted = cases.filter(hasActed);
  const drawn = acted.filter(({ sampled }) => sampled !== undefined);
  return {
    reports: cases.length,
    actions: acted.length,
    neverLookedAt: acted.filter((past) => !judge(past)).length,
    waiting: cases.filter(({ review }) => review === "open").length,
    all: figureOf(judged, isSourceRight),
    sample: { ...sampleFigure(judged.filter(({ past }) => past.sampled !== undefined)), drawn: drawn.length },
    rules: grouped(judged, ({ claimed }) => claimed.rule, isActionRight),
    categories: grouped(judged, ({ claimed }) => claimed.category, isSourceRight),
    bands: grouped(judged, ({ claimed }) => bandOf(claimed.score), isSourceRight),
  };
}

const isSourceRight = ({ judgement }: Judged): boolean => judgement.isSourceRight;
const isActionRight = ({ judgement }: Judged): boolean => judgement.isActionRight;

/** Sorted by name. */
function grouped(
  judged: readonly Judged[],
  nameOf: (past: PastCase) => string | undefined,
  isRight: (each: Judged) => boolean,
): NamedFigure[] {
  const groups = Map.groupBy(judged, ({ past }) => nameOf(past));
  return [...groups]
    .flatMap(([name, members]) => (name === undefined ? [] : [{ name, ...figureOf(members, isRight) }]))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Reports of one stream in one category on one day are one case, and the newest judgement is its answer: a thousand reports of one moment
 * are one mistake, or one success, and the interval assumes cases that are independent.
 */
function distinct(judged: readonly Judged[]): Judged[] {
  const newest = new Map<string, Judged>();
  for (const each of judged) {
    const { claimed, decidedAt } = each.past;
    const name = `${claimed.stream} ${claimed.category} ${decidedAt.slice(0, 10)}`;
    const other = newest.get(name);
    if (!other || Date.parse(other.judgement.at) < Date.parse(each.judgement.at)) newest.set(name, each);
  }
  return [...newest.values()];
}

function figureOf(judged: readonly Judged[], isRight: (each: Judged) => boolean): Figure {
  const cases = distinct(judged);
  const right = cases.filter(isRight).length;
  return { right, cases: cases.length, ...wilson(right, cases.length) };
}

/**
 * The precision of actions from the sample, unbiased: each case counts by one over the share that it was drawn with, so that a changed share
 * does not favour one of the two times. The interval rests on the effective number of cases (Kish), which is the number of cases if the
 * share did not change.
 */
function sampleFigure(judged: readonly Judged[]): Figure {
  const cases = distinct(judged);
  const weightOf = ({ past }: Judged): number => 1 / (past.sampled ?? 1);
  const total = sum(cases.map(weightOf));
  const squares = sum(cases.map((each) => weightOf(each) ** 2));
  const right = cases.filter(isActionRight);
  const effective = squares === 0 ? 0 : (total * total) / squares;
  const interval = wilson(total === 0 ? 0 : (sum(right.map(weightOf)) / total) * effective, effective);
  return definedOnly({ right: right.length, cases: cases.length, ...interval });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
