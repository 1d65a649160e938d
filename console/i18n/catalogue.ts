/** Every text of the console. A test checks that each has both languages, with the same values. */
import { BECAUSE, CASE, CATEGORIES } from "../review/case-texts.ts";
import { ASK, DECISIONS, REASONS, REVIEW } from "../review/texts.ts";
import { ACTIONS, COMMON, FAILURES } from "./common.ts";
import { PAGE_NAMES } from "./pages.ts";
import type { Texts } from "./say.ts";

const REVIEW_TEXTS = { REVIEW, DECISIONS, ASK, REASONS, CASE, BECAUSE, CATEGORIES };

export const CATALOGUE: Readonly<Record<string, Texts>> = { COMMON, FAILURES, ACTIONS, PAGE_NAMES, ...REVIEW_TEXTS };
