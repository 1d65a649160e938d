/** The database's category of each of offair's categories, unless the policy says another. A lawyer decides (docs/dsa.md). */
import type { Category } from "../reports/claim.ts";
import type { EuStatement } from "./eu/eu-statement.ts";

interface EuCategory {
  readonly category: EuStatement["category"];
  /** Only where the keyword follows from offair's category. */
  readonly keyword?: NonNullable<EuStatement["category_specification"]>[number];
}

export const EU_CATEGORY_OF: Readonly<Record<Category, EuCategory>> = {
  csam: { category: "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", keyword: "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL" },
  terrorism: { category: "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY", keyword: "KEYWORD_TERRORIST_CONTENT" },
  "self-harm": { category: "STATEMENT_CATEGORY_SELF_HARM" },
  violence: { category: "STATEMENT_CATEGORY_VIOLENCE" },
  weapons: { category: "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY" },
  nudity: { category: "STATEMENT_CATEGORY_OTHER_VIOLATION_TC", keyword: "KEYWORD_NUDITY" },
  hate: { category: "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", keyword: "KEYWORD_HATE_SPEECH" },
  harassment: { category: "STATEMENT_CATEGORY_CYBER_VIOLENCE", keyword: "KEYWORD_CYBER_HARASSMENT" },
  fraud: { category: "STATEMENT_CATEGORY_SCAMS_AND_FRAUD" },
  ip: { category: "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS" },
  spam: { category: "STATEMENT_CATEGORY_OTHER_VIOLATION_TC" },
  other: { category: "STATEMENT_CATEGORY_OTHER_VIOLATION_TC" },
};
