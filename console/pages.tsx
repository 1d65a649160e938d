/** The pages, in the order of the navigation. The first one is shown if the address names none. */
import type { ComponentType } from "preact";
import { HealthPage } from "./health/page.tsx";
import { HistoryPage } from "./history/page.tsx";
import { PAGE_NAMES } from "./i18n/pages.ts";
import type { Text } from "./i18n/say.ts";
import { LivePage } from "./live/page.tsx";
import { OffPage } from "./off/page.tsx";
import { PlansPage } from "./plans/page.tsx";
import { ReviewPage } from "./review/page.tsx";
import { SourcesPage } from "./sources/page.tsx";

interface PageProps {
  /** What follows the page's name in the address. */
  readonly rest: readonly string[];
}

interface Page {
  readonly name: string;
  readonly title: Text;
  readonly Page: ComponentType<PageProps>;
}

export const PAGES: readonly [Page, ...Page[]] = [
  { name: "review", title: PAGE_NAMES.review, Page: ReviewPage },
  { name: "live", title: PAGE_NAMES.live, Page: LivePage },
  { name: "off", title: PAGE_NAMES.off, Page: OffPage },
  { name: "plans", title: PAGE_NAMES.plans, Page: PlansPage },
  { name: "sources", title: PAGE_NAMES.sources, Page: SourcesPage },
  { name: "health", title: PAGE_NAMES.health, Page: HealthPage },
  { name: "history", title: PAGE_NAMES.history, Page: HistoryPage },
];
