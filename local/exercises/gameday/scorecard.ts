/** The scorecard of a game day: what happened to the reports, the provider and the clock, and whether each invariant held. Pure. */

import type { Finding } from "../finding.ts";
import { countBy, countsText } from "../scorecard-text.ts";
import { committed, type Facts, factsOf, type OrderFacts } from "./facts.ts";
import { FAULTS } from "./faults.ts";
import { type Day, dayOf, type Material } from "./inputs.ts";
import { check } from "./invariants.ts";
import { type Pace, pacesOf } from "./provider.ts";

export interface Scorecard {
  readonly day: Day;
  readonly reports: {
    readonly sent: number;
    readonly posts: number;
    readonly accepted: number;
    /** How the accepted ones ended, and how often each. */
    readonly outcomes: Readonly<Record<string, number>>;
    readonly deadLettered: number;
  };
  readonly orders: {
    readonly placed: number;
    readonly outcomes: Readonly<Record<string, number>>;
    /** Tried more than once, by why. */
    readonly repeated: Readonly<Record<string, number>>;
    /** Carried out more than once by Live, after an attempt of unknown result. */
    readonly doneAgain: number;
  };
  readonly calls: number;
  readonly paces: readonly Pace[];
  /** From the receipt of a report to the call that took its stream off. */
  readonly timeToOffMs: { readonly p50: number; readonly p99: number; readonly count: number };
  readonly faults: Readonly<Record<string, number>>;
  readonly alerts: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  readonly held: boolean;
}

export function score(material: Material): Scorecard {
  const facts = factsOf(material);
  const findings = check(material, facts);
  const orders = [...facts.streams.values()].flatMap((stream) => stream.orders);
  const records = [...facts.accepted].flatMap((id) => facts.reports.get(id) ?? []);
  return {
    day: dayOf(material),
    reports: {
      sent: facts.sent.size,
      posts: [...facts.sent.values()].flat().length,
      accepted: facts.accepted.size,
      outcomes: countBy(records, ({ outcome = "open", because }) =>
        because === undefined ? outcome : `${outcome} (${because})`,
      ),
      deadLettered: material["dead-letters"].length,
    },
    orders: {
      placed: orders.length,
      outcomes: countBy(orders, ({ outcome = "open" }) => outcome),
      repeated: countBy(orders.flatMap(whyRepeated), (why) => why),
      doneAgain: orders.filter((order) => commitsOf(order) > 1).length,
    },
    calls: material["live-calls"].length,
    paces: pacesOf(material),
    timeToOffMs: timeToOff(facts, orders),
    faults: Object.fromEntries(Object.entries(FAULTS).map(([name, count]) => [name, count(material)])),
    alerts: countBy(material.alerts, ({ name }) => name),
    findings,
    held: findings.every(({ broken }) => broken.length === 0),
  };
}

/** Each attempt but the last one is why there was another. */
const whyRepeated = ({ attempts }: OrderFacts): string[] =>
  attempts
    .slice(0, -1)
    .map(({ result, error }) => (result === "unknown" ? `unknown: ${error ?? "worker died"}` : `${error}`));

const commitsOf = ({ attempts }: OrderFacts): number => attempts.flatMap(({ calls }) => committed(calls)).length;

function timeToOff({ reports }: Facts, orders: readonly OrderFacts[]) {
  const received = new Map([...reports].map(([id, [record]]) => [`standard#${id}`, record?.report.receivedAt]));
  const times = orders.flatMap(({ authority, attempts }) => {
    const [first] = attempts.flatMap(({ calls }) => committed(calls));
    const from = received.get(authority.cause);
    return first === undefined || from === undefined ? [] : [Date.parse(first.time) - Date.parse(from)];
  });
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(part * times.length))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), count: times.length };
}

const MOST_EVIDENCE = 5;

/** As text, for a terminal 100 characters wide. */
export function formatScorecard(card: Scorecard): string {
  const { day, reports, orders, paces, timeToOffMs } = card;
  const lasted = (Date.parse(day.endedAt) - Date.parse(day.startedAt)) / 1_000;
  const row = (name: string, text: string) => `${name.padEnd(14)}${text}`;
  return [
    `game day: ${day.reports} reports, seed ${day.seed}${day.sabotage === null ? "" : `, sabotage ${day.sabotage}`}, ${lasted.toFixed(0)} s`,
    "",
    row("reports", `${reports.sent} sent in ${reports.posts} posts, ${reports.accepted} accepted`),
    row("  ended as", countsText(reports.outcomes)),
    row("  dead letters", ` ${reports.deadLettered}`),
    row("orders", `${orders.placed} placed: ${countsText(orders.outcomes)}`),
    row("  repeated", countsText(orders.repeated)),
    row("  done again", `${orders.doneAgain} after an attempt of unknown result`),
    row("time to off", `p50 ${seconds(timeToOffMs.p50)}, p99 ${seconds(timeToOffMs.p99)}, of ${timeToOffMs.count}`),
    row("calls", `${card.calls}; in the fullest sliding minute:`),
    ...paces.map(({ user, quota, most, limit }) => row("", `${user} ${quota} ${most} of ${limit}`)),
    row("faults", countsText(card.faults)),
    row("alerts", countsText(card.alerts)),
    "",
    ...card.findings.flatMap(formatFinding),
    "",
    card.held ? "everything held" : "BROKEN",
  ].join("\n");
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

function formatFinding({ invariant, claim, looked, broken }: Finding): string[] {
  const mark = broken.length === 0 ? "held  " : "BROKEN";
  const more = broken.length > MOST_EVIDENCE ? [`          … and ${broken.length - MOST_EVIDENCE} more`] : [];
  return [
    `${mark} ${String(invariant).padStart(2)} ${claim} (${looked})`,
    ...broken.slice(0, MOST_EVIDENCE).map((evidence) => `          ${evidence}`),
    ...more,
  ];
}
