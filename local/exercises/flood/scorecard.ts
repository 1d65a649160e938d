/** The scorecard of a flood: what was let in, what was done, which limit held, and whether anything was lost. Pure. */
import { streamKey } from "../../../lib/core/stream.ts";
import { SECOND_MS } from "../../../lib/core/time.ts";
import type { Finding } from "../finding.ts";
import { countBy, countsText, formatFinding } from "../scorecard-text.ts";
import { check, type Ended, type LimitShown, leastOf, limitsOf } from "./checks.ts";
import type { FloodMaterial, Run } from "./inputs.ts";

export interface FloodCard {
  readonly run: Run;
  readonly accepted: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly postedAgain: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Orders in the ledger, all of them by rules. */
  readonly actions: number;
  readonly distinctStreams: number;
  readonly writesAtLive: number;
  readonly limits: readonly LimitShown[];
  /** How many reports each of them held. */
  readonly parkedBy: Readonly<Record<string, number>>;
  readonly tooOld: number;
  readonly lost: number;
  readonly deadLetters: number;
  readonly reviews: number;
  readonly alerts: Readonly<Record<string, number>>;
  /** From the first post to the last answer, and to the end of the last report. */
  readonly pouredMs: number;
  readonly handledMs: number;
  readonly findings: readonly Finding[];
  readonly held: boolean;
}

export function scoreFlood(material: FloodMaterial): FloodCard {
  const { run, posts, orders, writes } = material;
  const items = new Map(material.reports.map((item) => [item.id, item]));
  const accepted: Ended[] = posts
    .filter(({ status }) => status === 202)
    .map((post) => ({ ...post, outcome: items.get(post.id)?.outcome, because: items.get(post.id)?.because }));
  const held = accepted.filter(({ outcome }) => outcome === "held");
  const limits = limitsOf(run, material.liveStreams);
  const findings = check(accepted, limits, material);
  return {
    run,
    accepted: accepted.length,
    refused: countBy(
      posts.filter(({ status }) => status !== 202),
      ({ status }) => (status === null ? "no answer" : String(status)),
    ),
    postedAgain: posts.filter(({ tries }) => tries > 1).length,
    outcomes: countBy(accepted, ({ outcome = "none", because }) =>
      because === undefined ? outcome : `${outcome} (${because})`,
    ),
    actions: orders.length,
    distinctStreams: new Set(orders.map(({ stream }) => streamKey(stream))).size,
    writesAtLive: writes.filter(({ committed }) => committed).length,
    limits,
    parkedBy: countBy(held, ({ because = "" }) => because),
    tooOld: accepted.filter(({ because }) => because === "too-old").length,
    lost: accepted.filter(({ outcome }) => outcome === undefined).length,
    deadLetters: material.deadLetters,
    reviews: material.reviews.length,
    alerts: countBy(material.alerts, (name) => name),
    pouredMs: Date.parse(run.pouredAt) - Date.parse(run.startedAt),
    handledMs: lastEnd(material) - Date.parse(run.startedAt),
    findings,
    held: findings.every(({ broken }) => broken.length === 0),
  };
}

const lastEnd = ({ run, reports }: FloodMaterial): number =>
  reports.reduce((last, { decidedAt }) => Math.max(last, Date.parse(decidedAt)), Date.parse(run.pouredAt));

/** As text, for a terminal 120 characters wide. */
export function formatFloodCard(card: FloodCard): string {
  const { run } = card;
  const row = (name: string, text: string) => `${name.padEnd(14)}${text}`;
  const least = leastOf(card.limits);
  const limits = card.limits.map(({ limit, most }) => `${limit} ${most}${most === least ? " (the least)" : ""}`);
  const again = card.postedAgain === 0 ? "" : `, ${card.postedAgain} of them posted more than once`;
  return [
    `flood: ${run.reports} forged reports on ${run.streams} live streams, seed ${run.seed}`,
    "",
    row("posted", `${pace(run.reports, card.pouredMs)}${late(card)}${again}`),
    row("accepted", `${card.accepted}; refused: ${countsText(card.refused)}`),
    row("handled", pace(card.accepted - card.lost, card.handledMs)),
    row("  ended as", countsText(card.outcomes)),
    row("  too old", `${card.tooOld}: worked on too late to act; they wait for a person too`),
    row("  lost", `${card.lost}; dead letters ${card.deadLetters}`),
    row("actions", `${card.actions} on ${card.distinctStreams} streams; ${card.writesAtLive} writes at Live`),
    row("limits", limits.join(", ")),
    row("  held by", countsText(card.parkedBy)),
    row("review", `${card.reviews} wait for a person`),
    row("alerts", countsText(card.alerts)),
    "",
    ...card.findings.flatMap(formatFinding),
    "",
    card.held ? "everything held" : "BROKEN",
  ].join("\n");
}

const seconds = (ms: number): string => `${(ms / SECOND_MS).toFixed(1)} s`;
const pace = (count: number, ms: number): string =>
  `${count} in ${seconds(ms)}, ${((count * SECOND_MS) / Math.max(1, ms)).toFixed(0)} a second`;

/** What was promised and what the machine could take are two things, and the reader is told. */
const late = ({ run, pouredMs }: FloodCard): string =>
  pouredMs > 1.1 * run.seconds * SECOND_MS ? ` (${run.seconds} s were asked for: this machine took no more)` : "";
