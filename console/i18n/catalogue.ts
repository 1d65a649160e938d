/** Every text of the console. A test checks that each has both languages, with the same values. */

import { CHANGE, OFF, OUTCOMES } from "../off/texts.ts";
import { ACTIONS, COMMON, FAILURES } from "./common.ts";
import { PAGE_NAMES } from "./pages.ts";
import type { Texts } from "./say.ts";

export const CATALOGUE: Readonly<Record<string, Texts>> = {
  COMMON,
  FAILURES,
  ACTIONS,
  PAGE_NAMES,
  OFF,
  CHANGE,
  OUTCOMES,
};
