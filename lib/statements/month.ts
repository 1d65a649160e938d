/** The statements of a span: what is sent to the database, what broadcasters are told, what is incomplete, and what has to be corrected. */
import { type Stream, streamKey } from "../core/stream.ts";
import { STATEMENT_LANGUAGES, type StatementLanguage } from "../policy/statement-schema.ts";
import type { Action } from "./action.ts";
import { broadcasterText } from "./broadcaster-text.ts";
import type { EuStatement } from "./eu/eu-statement.ts";
import { puidOf, streamSha256 } from "./puid.ts";
import type { FullSettings } from "./settings.ts";
import { type LeftOutBecause, type Missing, statementOf } from "./statement-of.ts";

/** Names an action in the files that are not published. */
export interface ActionRow {
  readonly puid: string;
  /** SHA-256 of `domain/app/stream` as JSON (docs/dsa.md). */
  readonly streamSha256: string;
  /** Only with --names. */
  readonly stream?: Stream;
  readonly order: number;
  readonly action: Action["action"];
  readonly from: string;
  /** Of a disable. */
  readonly until?: string;
}

type OfCategory = ActionRow & { readonly category: string | null };

export type Month = ReturnType<typeof monthOf>;

export interface MonthOptions {
  readonly withNames: boolean;
  readonly languages?: readonly StatementLanguage[];
}

/**
 * @param actions - those that ended in the span.
 * @param overturned - those that were marked as wrong in the span, also if they are older.
 */
export function monthOf(
  { actions, overturned }: { readonly actions: readonly Action[]; readonly overturned: readonly Action[] },
  settings: FullSettings,
  { withNames, languages = STATEMENT_LANGUAGES }: MonthOptions,
) {
  const statements: EuStatement[] = [];
  const broadcasters: (ActionRow & { readonly texts: Partial<Record<StatementLanguage, string>> })[] = [];
  const incomplete: (OfCategory & { readonly missing: readonly Missing[] })[] = [];
  const leftOut: (OfCategory & { readonly because: Exclude<LeftOutBecause, "canary"> })[] = [];
  /** Actions of the canary, which are no decisions about anybody. */
  let canary = 0;
  for (const action of actions.toSorted(byTime)) {
    const row = rowOf(action, withNames);
    const stated = statementOf(action, settings);
    const { category } = stated;
    if (stated.kind === "incomplete") incomplete.push({ ...row, category, missing: stated.missing });
    else if (stated.kind === "statement") {
      statements.push(stated.statement);
      const texts = languages.flatMap((language) => {
        const text = broadcasterText({ action, ...stated }, settings, { language, withNames });
        return text === undefined ? [] : [[language, text] as const];
      });
      if (texts.length > 0) broadcasters.push({ ...row, texts: Object.fromEntries(texts) });
    } else if (stated.because === "canary") canary += 1;
    else leftOut.push({ ...row, category, because: stated.because });
  }
  const corrections = overturned.toSorted(byTime).flatMap((action) => correctionOf(action, settings, withNames));
  return { statements, broadcasters, incomplete, leftOut, corrections, canary };
}

/** `todo`: what is left to do, in order. */
function correctionOf(action: Action, settings: FullSettings, withNames: boolean) {
  if (!action.overturn || statementOf(action, settings).kind !== "statement") return [];
  return [{ ...rowOf(action, withNames), overturned: action.overturn, todo: STEPS }];
}

/** The database has no request that changes or deletes a statement (docs/dsa.md). */
const STEPS = [
  "tell the broadcaster that the decision was reversed (DSA Article 20(4) and (6))",
  "if the statement was not sent yet: statements.ndjson has it all the same, because the restriction was imposed; a lawyer decides",
  "if it was sent: the database's API cannot change or delete a statement, and its puid cannot be used again; ask the DSA helpdesk",
];

const rowOf = (action: Action, withNames: boolean): ActionRow => ({
  puid: puidOf(action),
  streamSha256: streamSha256(action.stream),
  ...(withNames && { stream: action.stream }),
  ...{ order: action.number, action: action.action, from: action.effectAt },
  ...(action.resumeTime !== undefined && { until: action.resumeTime }),
});

const orderOf = (action: Action): string => `${action.endedAt} ${streamKey(action.stream)} ${action.number}`;
const byTime = (one: Action, other: Action): number => (orderOf(one) < orderOf(other) ? -1 : 1);
