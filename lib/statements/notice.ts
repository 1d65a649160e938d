/** What a report is before the law, and whether a model detected the content. */
import type { NoticeKind } from "../policy/statement-schema.ts";
import { categorySchema } from "../reports/claim.ts";
import type { Action } from "./action.ts";
import type { EuStatement } from "./eu/eu-statement.ts";
import type { FullSettings } from "./settings.ts";

/** By default, as the kind of the source says. @returns undefined for a source that is not known. */
export function noticeOf({ report }: Action, { statements, sources }: FullSettings): NoticeKind | undefined {
  if (report === undefined) return "voluntary";
  if (report === "unread") return "other-notification"; // incomplete in any case
  const { source } = report;
  const named = Object.hasOwn(statements.sources, source) ? statements.sources[source] : undefined;
  if (named !== undefined) return named;
  const kind = Object.hasOwn(sources, source) ? sources[source] : undefined;
  const category = categorySchema.safeParse(report.category).data;
  const isIllegal = category !== undefined && statements.categories[category]?.ground === "illegal";
  if (kind === "people") return isIllegal ? "article-16" : "other-notification";
  return kind === undefined ? undefined : NOTICE_OF_KIND[kind];
}

const NOTICE_OF_KIND: Readonly<Partial<Record<string, NoticeKind>>> = {
  authority: "article-9",
  "trusted-flagger": "trusted-flagger",
  classifier: "voluntary",
};

export const SOURCE_TYPES = {
  "article-16": "SOURCE_ARTICLE_16",
  "trusted-flagger": "SOURCE_TRUSTED_FLAGGER",
  "other-notification": "SOURCE_TYPE_OTHER_NOTIFICATION",
  voluntary: "SOURCE_VOLUNTARY",
} as const satisfies Record<Exclude<NoticeKind, "article-9">, EuStatement["source_type"]>;

/** A classifier found it, or the report has a score, which is the confidence of a model. */
export function isDetectedByModel({ report }: Action, { sources }: FullSettings): boolean {
  if (report === undefined || report === "unread") return false;
  return (
    report.score !== undefined || (Object.hasOwn(sources, report.source) && sources[report.source] === "classifier")
  );
}
