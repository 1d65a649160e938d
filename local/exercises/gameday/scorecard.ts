/** The scorecard of a game day: figures of reports, provider and clock, and the result of each invariant. Pure. */
import { SOURCE } from "../../demo/world.ts";
import { isDeadLetter } from "../collect.ts";
import type { Evidence } from "../evidence.ts";
import { countsText, formatCounts, outcomeText, type Scorecard, scorecard, secondsText } from "../scorecard.ts";
import { workersOf } from "./day-users.ts";
import { commitsOf, type Facts, factsOf, type OrderFacts } from "./facts.ts";
import { faultsOf } from "./faults.ts";
import { check } from "./invariants.ts";
import { ratesOf } from "./provider.ts";
import type { Day } from "./run.ts";

export function score(evidence: Evidence<Day>): Scorecard {
  const { run, posts, calls, messages, alerts } = evidence;
  const facts = factsOf(evidence);
  const { sent, accepted, orders } = facts;
  const records = [...accepted].flatMap((id) => facts.reports.get(id) ?? []);
  const doneAgain = orders.filter((order) => commitsOf(order).length > 1).length;
  const times = timesToOff(facts);
  const quantile = (part: number) =>
    secondsText(times[Math.min(times.length - 1, Math.floor(part * times.length))] ?? 0);
  const workers = workersOf(run);
  const pool = workers > 1 ? `, ${workers} users` : "";
  const sabotage = run.sabotage === null ? "" : `, sabotage ${run.sabotage}`;
  const lasted = secondsText(Date.parse(run.endedAt) - Date.parse(run.startedAt));
  return scorecard(
    `game day: ${run.reports} reports, seed ${run.seed}${pool}${sabotage}, ${lasted}`,
    [
      ["reports", `${sent.size} sent in ${posts.length} posts, ${accepted.size} accepted`],
      ["  ended as", countsText(records, outcomeText)],
      ["  dead letters", `${messages.filter(isDeadLetter).length}`],
      ["orders", `${orders.length} placed: ${countsText(orders, outcomeText)}`],
      ["  repeated", countsText(orders.flatMap(whyRepeated), (why) => why)],
      ["  done again", `${doneAgain} after an attempt of unknown result`],
      ["time to off", `p50 ${quantile(0.5)}, p99 ${quantile(0.99)}, of ${times.length}`],
      ["calls", `${calls.length}; in the fullest sliding minute:`],
      ...ratesOf(evidence).map(({ name, most, limit }) => ["", `${name} ${most} of ${limit}`] as const),
      ["faults", formatCounts(faultsOf(evidence))],
      ["alerts", countsText(alerts, ({ name }) => name)],
    ],
    check(evidence, facts),
  );
}

/** The reasons for repeated attempts: the results of all attempts except the last. */
const whyRepeated = ({ attempts }: OrderFacts): string[] =>
  attempts
    .slice(0, -1)
    .map(({ result, error }) => (result === "unknown" ? `unknown: ${error ?? "worker died"}` : `${error}`));

/** Milliseconds from the receipt of each report to the call that paused or disabled its stream; ascending. */
function timesToOff({ reports, orders }: Facts): number[] {
  const received = new Map([...reports].map(([id, [record]]) => [`${SOURCE}#${id}`, record?.report.receivedAt]));
  return orders
    .flatMap((order) => {
      const [first] = commitsOf(order);
      const from = received.get(order.authority.cause);
      return first === undefined || from === undefined ? [] : [Date.parse(first.time) - Date.parse(from)];
    })
    .sort((a, b) => a - b);
}
