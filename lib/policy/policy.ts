/** What policy.yml says, as it is read at run time: its type, and the questions that are asked of it. */
import type * as z from "zod";
import { sha256Hex } from "../core/sha256.ts";
import type { Stream } from "../core/stream.ts";
import type { Report } from "../reports/report.ts";
import { type Grade, isAtLeast } from "./grade.ts";
import type { policyShape } from "./schema.ts";

export type Policy = z.infer<typeof policyShape>;
export type Rule = Policy["rules"][number];
export type SourceEntry = Policy["sources"][string];

/** What decisions are filed under: of the policy as compiled, in the order in which its keys stand. */
export const hashOf = (policy: Policy): string => sha256Hex(JSON.stringify(policy));

/** May anything be done to this stream, by anyone? Domains compare without case, apps byte for byte. */
export const inScope = (stream: Pick<Stream, "domain" | "app">, policy: Pick<Policy, "scope">): boolean =>
  policy.scope.some(({ domain, apps }) => domain === stream.domain && apps.includes(stream.app));

export const ingestDomains = (policy: Policy): string[] => [...new Set(policy.scope.map(({ domain }) => domain))];

/** No rule acts on it, and an operator only with a second person. */
export const isProtected = (stream: Stream, policy: Pick<Policy, "protected">): boolean =>
  policy.protected.some(
    (entry) =>
      entry.domain === stream.domain &&
      (entry.app === undefined || entry.app === stream.app) &&
      (entry.stream === undefined || entry.stream === stream.stream),
  );

export const sourceOf = (source: string, policy: Pick<Policy, "sources">): SourceEntry | undefined =>
  Object.hasOwn(policy.sources, source) ? policy.sources[source] : undefined;

/** Why a rule does not answer to a report, in the policy's words; none: it answers. */
export function unmet(rule: Rule, { category, score }: Pick<Report, "category" | "score">, grade: Grade): string[] {
  const { categories, minScore, minGrade } = rule;
  const because: string[] = [];
  if (!categories.includes(category)) because.push(`category ${category} is none of ${categories.join(", ")}`);
  if (minScore !== undefined && score === undefined) because.push(`there is no score, minScore is ${minScore}`);
  if (minScore !== undefined && score !== undefined && score < minScore)
    because.push(`score ${score} is below minScore ${minScore}`);
  if (minGrade !== undefined && !isAtLeast(grade, minGrade))
    because.push(`grade ${grade} is below minGrade ${minGrade}`);
  return because;
}

export const ruleFor = (
  report: Pick<Report, "category" | "score">,
  grade: Grade,
  policy: Pick<Policy, "rules">,
): Rule | undefined => policy.rules.find((rule) => unmet(rule, report, grade).length === 0);
