/** Review: the queue, the working loop (`#/review/next`), and one case (`#/review/case/…`). */
import type { Route } from "../route.ts";
import { CasePage } from "./case-page.tsx";
import { DeskView } from "./desk-view.tsx";
import { QueueView } from "./queue.tsx";

export function ReviewPage({ rest: [word, report] }: Pick<Route, "rest">) {
  if (word === "next") return <DeskView />;
  if (word === "case" && report !== undefined) return <CasePage key={report} report={report} />;
  return <QueueView />;
}
