/** Every text of the console. A test checks that each has both languages, with the same values. */

import { HEALTH, MODE, REDRIVE } from "../health/texts.ts";
import { AUDITS, ENDED, EXPORT, HISTORY, REVIEWS } from "../history/texts.ts";
import { LEFT_OUT, LIVE } from "../live/texts.ts";
import { CHANGE, OFF, OUTCOMES } from "../off/texts.ts";
import { PLAN } from "../plans/texts.ts";
import { ACTS, CASE_LEFT_OUT, DOES, NEEDS, NEXT, QUESTION, STATES, VERBS } from "../plans/words.ts";
import { BECAUSE, CASE, CATEGORIES } from "../review/case-texts.ts";
import { ASK, DECISIONS, REASONS, REVIEW } from "../review/texts.ts";
import { KINDS, SAMPLE, SOURCES } from "../sources/texts.ts";
import { BROKEN, SENDING } from "../ui/texts.ts";
import { ACTIONS, COMMON, FAILURES } from "./common.ts";
import { PAGE_NAMES } from "./pages.ts";
import type { Texts } from "./say.ts";

export const CATALOGUE: Readonly<Record<string, Texts>> = {
  ...{ SENDING, BROKEN },
  ...{ COMMON, FAILURES, ACTIONS, PAGE_NAMES },
  ...{ REVIEW, DECISIONS, ASK, REASONS, CASE, BECAUSE, CATEGORIES },
  ...{ OFF, CHANGE, OUTCOMES },
  ...{ SOURCES, SAMPLE, KINDS },
  ...{ HEALTH, MODE, REDRIVE },
  ...{ HISTORY, ENDED, REVIEWS, AUDITS, EXPORT },
  ...{ LIVE, LEFT_OUT, PLAN, STATES, NEXT, VERBS, ACTS, DOES, NEEDS, CASE_LEFT_OUT, QUESTION },
};
