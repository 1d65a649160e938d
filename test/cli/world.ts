/** An archive as audits leave it behind, played out in memory: what happened to streams goes in, and every hour's objects come out. */
import type { Bundle } from "../../lib/archive/bundle.ts";
import type { ChainHead } from "../../lib/archive/chain-head.ts";
import type { Expected, LedgerEvent } from "../../lib/archive/line-schemas.ts";
import type { SnapshotEntry, StoredObject } from "../../lib/archive/manifest.ts";
import { packLines } from "../../lib/archive/ndjson.ts";
import { eventsName, expectedName, findingsName, snapshotName } from "../../lib/archive/object-names.ts";
import type { SnapshotRow } from "../../lib/archive/snapshot.ts";
import { type AuditDraft, appendToChain } from "../../lib/audit/chain/append-entry.ts";
import { foldExpected, type LatestEffect, noteEffect } from "../../lib/audit/drift/fold-expected.ts";
import { sha256Hex } from "../../lib/core/sha256.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { HOUR_MS, MINUTE_MS, toSecondsUtc } from "../../lib/core/time.ts";
import type { ReportRecord } from "../../lib/decisions/report-record.ts";
import type { OperatorOrder } from "../../lib/orders/operator-order.ts";
import type { Order } from "../../lib/orders/order.ts";
import { bundleOf, createMemoryArchive, keysOf, type Objects } from "../support/chain.ts";

const POLICY = "c".repeat(64);

export interface DisableOptions {
  readonly hours?: number;
  readonly reason?: string;
  /** A person; otherwise a rule on the word of the source. */
  readonly by?: string;
  readonly approvedBy?: string;
  readonly outcome?: NonNullable<Order["outcome"]>;
  readonly evidence?: readonly { url: string; sha256?: string }[];
  /** Live never does it. */
  readonly notListed?: boolean;
  /** The report was held; `by` says yes to it. */
  readonly held?: boolean;
  /** Of what was held: by when a person had to decide. `by` decides when it is disabled. */
  readonly dueAt?: string;
}

/** A case that is not carried out: rejected then, or by nobody. */
export interface WaitOptions {
  readonly dueAt: string;
  readonly rejectedAt?: string;
  readonly by?: string;
}

export interface World {
  readonly objects: Objects;
  readonly bundle: Bundle;
  readonly heads: readonly ChainHead[];
  disable(stream: Stream, at: string, options?: DisableOptions): Order;
  /** A report waits for a person. @param changedAt - when its record last changed: it is exported after that. */
  wait(stream: Stream, at: string, changedAt: string, options: WaitOptions): void;
  /** An item of the ledger as it is; it is exported after its time. */
  add(event: LedgerEvent): void;
  enable(stream: Stream, at: string, by: string, outcome?: NonNullable<Order["outcome"]>): void;
  /** Any other line of an export. */
  record(event: LedgerEvent): void;
  /** At Live's console, by somebody else. */
  foreign(stream: Stream, from: string, until: string, resumeTime?: string | null): void;
  /** Runs every hour's audit, both included. */
  run(from: string, until: string, change?: (slot: string) => HourChange | undefined): Promise<void>;
}

export interface HourChange {
  readonly missed?: true;
  /** All lists, or that of one ingest domain. */
  readonly incomplete?: true | string;
  readonly withoutLedger?: true;
  readonly seeds?: readonly number[];
}

interface Listed {
  readonly stream: Stream;
  readonly from: number;
  until: number;
  readonly resumeTime: string | null;
}

export function createWorld(domains: readonly string[] = ["push.example.com"]): World {
  const objects: Objects = new Map();
  const heads: ChainHead[] = [];
  const archive = createMemoryArchive(objects);
  const events: LedgerEvent[] = [];
  const listed: Listed[] = [];
  const numbers = new Map<string, number>();
  let expected: Expected[] = [];
  let eventsUntil: string | undefined;
  let before = new Map<string, SnapshotRow>();
  let ids = 0;

  const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();
  const numberOf = (stream: Stream): number => {
    const number = (numbers.get(streamKey(stream)) ?? 0) + 1;
    numbers.set(streamKey(stream), number);
    return number;
  };

  async function store(object: string, lines: Iterable<unknown>): Promise<StoredObject & { count: number }> {
    const { bytes, count } = await packLines(lines);
    await archive.store(object, bytes);
    return { object, sha256: sha256Hex(bytes), bytes: bytes.length, count };
  }

  function report(stream: Stream, at: string, id: string, options: DisableOptions, order?: Order): void {
    const record: ReportRecord = {
      key: `hive#${id}`,
      report: {
        ...{ source: "hive", id, stream, category: "weapons", score: 0.9, bodySha256: "0".repeat(64) },
        ...{ occurredAt: at, receivedAt: at, reason: options.reason ?? "a rifle on the table" },
        ...(options.evidence && { evidence: [...options.evidence] }),
      },
      decision: {
        action: "disable",
        because: "rule",
        rule: "severe",
        resumeTime: order?.resumeTime ?? toSecondsUtc(new Date(at)),
      },
      facts: { workedAt: at, orders: [] },
      ...{ grade: "B", decidedAt: at, mode: "enforce", policy: POLICY },
      ...(order && !options.held ? { outcome: "verified", orderNumber: order.number } : { outcome: "held" }),
      closedAt: later(at, 3_000),
      ...(options.dueAt !== undefined && {
        ...{ openedAt: later(at, -HOUR_MS), dueAt: options.dueAt },
        verdict: { verdict: "approved", by: options.by ?? "", at, reason: "seen" },
      }),
    };
    events.push({ kind: "report", at: later(at, 3_000), report: record });
  }

  async function audit(slot: string, change: HourChange): Promise<void> {
    const at = Date.parse(slot) + 5_000;
    const now = () => new Date(at + 10_000);
    const until = later(slot, -5 * MINUTE_MS);
    const from = eventsUntil ?? later(until, -HOUR_MS);
    const seenAt = new Date(at).toISOString();
    const rows = new Map<string, SnapshotRow>();
    for (const { stream, resumeTime, ...span } of listed) {
      if (span.from <= at && at < span.until) rows.set(streamKey(stream), { ...stream, resumeTime, seenAt });
    }
    const isIncomplete = (domain: string) => change.incomplete === true || change.incomplete === domain;
    const snapshots: SnapshotEntry[] = [];
    for (const domain of domains) {
      const stored = await store(
        snapshotName(domain, new Date(slot)),
        [...rows.values()].filter((row) => row.domain === domain),
      );
      const told = isIncomplete(domain)
        ? ({ complete: false, because: "passes-differ" } as const)
        : ({ complete: true, because: "two-passes-agree" } as const);
      snapshots.push({ ...stored, ...told, domain, passes: [], startedAt: slot, endedAt: now().toISOString() });
    }
    const fresh = [...rows].flatMap(([key, { seenAt: _at, ...row }]) => {
      const earlier = before.get(key);
      if (!earlier) return [{ kind: "disabled", ...row }];
      return earlier.resumeTime === row.resumeTime ? [] : [{ kind: "changed", ...row, before: earlier.resumeTime }];
    });
    const disabled = fresh.filter(({ kind }) => kind === "disabled").length;
    const drift = { missing: 0, unexpected: 0, expiring: 0, "wrong-resume-time": 0, outlived: 0 };
    const { count: _lines, ...findings } = await store(findingsName(new Date(slot)), fresh);
    const kept = [...before].filter(([, row]) => isIncomplete(row.domain));
    before = new Map([...kept, ...[...rows].filter(([, row]) => !isIncomplete(row.domain))]);
    const draft: AuditDraft = {
      ...{ kind: "audit", slot, scheduled: true, policy: POLICY, build: "1".repeat(64), snapshots },
      findings: { ...findings, disabled, enabled: 0, changed: fresh.length - disabled, drift },
      ...(!change.withoutLedger && (await ledgerPart(slot, from, until))),
    };
    const head = { read: async () => heads.at(-1), write: async (value: ChainHead) => void heads.push(value) };
    await appendToChain(draft, { archive, head, keys: keysOf(...(change.seeds ?? [1])), now });
  }

  async function ledgerPart(slot: string, from: string, until: string) {
    const exported = events.filter(({ at }) => at >= from && at < until).sort((a, b) => (a.at < b.at ? -1 : 1));
    eventsUntil = until;
    const folded: Expected[] = [];
    const effects = new Map<string, LatestEffect>();
    for (const event of exported) noteEffect(effects, event);
    for await (const each of foldExpected(expected, effects, new Date(until))) folded.push(each);
    expected = folded;
    return {
      events: { ...(await store(eventsName(new Date(slot)), exported)), from, until },
      expected: { ...(await store(expectedName(new Date(slot)), folded)), until },
    };
  }

  return {
    objects,
    bundle: bundleOf(objects),
    heads,
    record: (event) => void events.push(event),
    disable(stream, at, options = {}) {
      const {
        hours = 24,
        by,
        reason = "a rifle on the table",
        outcome = "verified",
        notListed,
        held,
        approvedBy,
      } = options;
      const id = String(++ids).padStart(12, "0");
      const orderId = `op-00000000-0000-4000-8000-${id}`;
      const resumeTime = toSecondsUtc(new Date(Date.parse(at) + hours * HOUR_MS));
      const order: Order = {
        ...{ stream, number: numberOf(stream), action: "disable", resumeTime, reason, placedAt: at, outcome },
        attempts: [{ at: later(at, 500), result: "sent" }],
        endedAt: later(at, 2_000),
        authority: by
          ? {
              ...{ kind: "operator", cause: `operator#${orderId}#0`, orderId, requestedBy: by },
              overridesRulesUntil: later(at, 24 * HOUR_MS),
              ...(held && { approves: `hive#${id}` }),
              ...(approvedBy !== undefined && { approvedBy }),
            }
          : { kind: "rule", cause: `hive#${id}`, source: "hive", rule: "severe", policy: POLICY },
      };
      events.push({ kind: "order", at: later(at, 2_000), order });
      if (!by || held) report(stream, at, id, options, order);
      if (by && approvedBy !== undefined) {
        const applied = { appliedBy: by, appliedAt: at, reason, planSha256: "d".repeat(64), approvedBy };
        const planState = { orderId, applied: { ...applied, overridesRulesUntil: later(at, 24 * HOUR_MS) } };
        events.push({ kind: "plan-state", at, planState });
      } else if (by) {
        const operatorOrder: OperatorOrder = {
          ...{ orderId, index: 0, stream, action: "disable", resumeTime, reason, requestedBy: by, requestedAt: at },
          overridesRulesUntil: later(at, 24 * HOUR_MS),
        };
        events.push({ kind: "operator-order", at, operatorOrder });
      }
      for (const each of listed.filter((row) => streamKey(row.stream) === streamKey(stream))) {
        each.until = Math.min(each.until, Date.parse(at) + 1_000);
      }
      if (!notListed) listed.push({ stream, from: Date.parse(at) + 1_000, until: Date.parse(resumeTime), resumeTime });
      return order;
    },
    wait(stream, at, changedAt, { dueAt, rejectedAt, by = "erin" }) {
      const id = String(++ids).padStart(12, "0");
      report(stream, at, id, { held: true });
      const last = events.pop();
      if (last?.kind !== "report") throw new Error("the last event is the report's");
      const verdict = rejectedAt && ({ verdict: "rejected", by, at: rejectedAt, reason: "no weapon" } as const);
      const clock = { openedAt: at, dueAt, ...(verdict ? { verdict } : { review: "open" as const }) };
      events.push({ kind: "report", at: changedAt, report: { ...last.report, ...clock } });
    },
    add: (event) => void events.push(event),
    enable(stream, at, by, outcome = "verified") {
      const orderId = `op-00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`;
      const order: Order = {
        ...{ stream, number: numberOf(stream), action: "enable", reason: "appeal upheld", placedAt: at, outcome },
        attempts: [{ at: later(at, 500), result: "sent" }],
        endedAt: later(at, 2_000),
        authority: {
          kind: "operator",
          cause: `operator#${orderId}#0`,
          orderId,
          requestedBy: by,
          overridesRulesUntil: at,
        },
      };
      events.push({ kind: "order", at: later(at, 2_000), order });
      for (const each of listed.filter((row) => streamKey(row.stream) === streamKey(stream))) {
        if (outcome === "verified") each.until = Math.min(each.until, Date.parse(at) + 1_000);
      }
    },
    foreign(stream, from, until, resumeTime = null) {
      listed.push({ stream, from: Date.parse(from), until: Date.parse(until), resumeTime });
    },
    async run(from, until, change = () => undefined) {
      for (let ms = Date.parse(from); ms <= Date.parse(until); ms += HOUR_MS) {
        const slot = new Date(ms).toISOString();
        const hour = change(slot) ?? {};
        if (!hour.missed) await audit(slot, hour);
      }
    },
  };
}
