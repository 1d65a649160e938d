/** Workers side by side, each with a ledger of its own on one table, as environments of Lambda have: together they take what the limit allows, and no more. */
import { randomUUID } from "node:crypto";
import { DeleteCommand, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createLedger } from "../../lib/aws/dynamodb/ledger.ts";
import { OffairError } from "../../lib/core/errors.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import type { Report } from "../../lib/reports/report.ts";
import { NOTHING_TAKEN, type Taken } from "../../lib/safeguards/action-limits.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import type { Handled } from "../../lib/worker/handler.ts";
import { NOON, policy, weaponsReport } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { noBatches } from "../support/no-batches.ts";
import { runs } from "../support/runs.ts";
import { TABLE, useTable } from "../support/table.ts";

const table = useTable();

const WORKERS = 4;

/** Records that one invocation works on at a time. */
const BATCH = 5;
const REPORTS = 200;
const KEY = { pk: "LIMITS", sk: "TAKEN" } as const;

beforeEach(async () => {
  const { dynamo } = table.current;
  const mode = { mode: "enforce", changedBy: "ana", reason: "test", changedAt: NOON.toISOString() } as const;
  await createLedger(dynamo, TABLE).writeMode(mode);
});

interface Race {
  readonly handled: readonly Handled[];
  readonly live: LiveDouble;
}

/** Every worker takes the next reports from one queue; what is to come back later goes to its end. */
async function race(
  reports: readonly Report[],
  limits: Partial<Policy["limits"]>,
  sources: Policy["sources"] = policy.sources,
  sabotage: Partial<Ledger> = {},
): Promise<Race> {
  await table.current.documents.send(new DeleteCommand({ TableName: TABLE, Key: KEY }));
  const live = liveDouble();
  const queue = [...reports];
  const handled: Handled[] = [];

  async function work(ledger: Ledger): Promise<void> {
    const deps = {
      ...noBatches(ledger),
      ...{ ledger, live, policyHash: "hash-of-the-policy", now: () => NOON, sleep: async () => {}, holder: randomUUID },
      policy: { ...policy, sources, limits: { ...policy.limits, ...limits } },
    };
    for (let report = queue.shift(); report; report = queue.shift()) {
      const again = report;
      await handle({ kind: "reports", reports: [report] }, deps).then(
        (outcomes) => handled.push(...outcomes),
        (error: unknown) => {
          if (!(error instanceof OffairError && error.retryable)) throw error;
          queue.push(again);
        },
      );
    }
  }

  await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      const ledger = { ...createLedger(table.current.dynamo, TABLE), ...sabotage };
      await Promise.all(Array.from({ length: BATCH }, () => work(ledger)));
    }),
  );
  return { handled, live };
}

const outcomes = (handled: readonly Handled[]) => {
  const counts: Record<string, number> = {};
  for (const { outcome, because } of handled) {
    const name = because === undefined ? outcome : `${outcome} (${because})`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

const half = (source: string): string[] => Array.from({ length: REPORTS / 2 }, () => source);
const EITHER = [...half("standard"), ...half("vendor")];
const ALL_OF_ONE = [...half("standard"), ...half("standard")];

/** Each about a stream of its own. */
const flood = (sources: readonly string[]): Report[] => sources.map((source) => weaponsReport({ source }));

/** What a worker without the condition does: it writes over what another has taken in between. */
const unconditional: Pick<Ledger, "changeTaken"> = {
  async changeTaken(change) {
    const { documents } = table.current;
    const { Item } = await documents.send(new GetCommand({ TableName: TABLE, Key: KEY, ConsistentRead: true }));
    const { taken, answer } = change((Item as Taken | undefined) ?? NOTHING_TAKEN);
    if (taken) await documents.send(new PutCommand({ TableName: TABLE, Item: { ...KEY, ...taken } }));
    return answer;
  },
};

describe("four workers, two hundred reports, two hundred streams", () => {
  it("act as often as the limit says, and hold all others", async () => {
    const { handled, live } = await race(flood(ALL_OF_ONE), { total: 7 });
    expect(outcomes(handled)).toEqual({ accepted: 7, "held (limit-total)": REPORTS - 7 });
    expect(live.calls).toHaveLength(7);
    expect(new Set(handled.map(({ key }) => key)).size).toBe(REPORTS);
  });

  it("hold every source to its own limit and all of them to the total, in whatever order the reports come", async () => {
    const { standard } = policy.sources;
    if (!standard) throw new Error("the fixture has lost its source");
    const sources = { standard, vendor: { ...standard, maxActions: 3 } };
    const order = fc.shuffledSubarray(EITHER, { minLength: REPORTS });
    await fc.assert(
      fc.asyncProperty(order, fc.integer({ min: 3, max: 12 }), async (from, perSource) => {
        const total = perSource + 2; // one below what the two may take together
        const { handled, live } = await race(flood(from), { perSource, total }, sources);
        const acted = handled.filter(({ outcome }) => outcome === "accepted").map(({ key }) => key.split("#")[0] ?? "");
        const ofVendor = acted.filter((source) => source === "vendor").length;
        expect(ofVendor).toBeLessThanOrEqual(3);
        expect(acted.length - ofVendor).toBeLessThanOrEqual(perSource);
        expect(acted).toHaveLength(total);
        expect(live.calls).toHaveLength(total);
        expect(handled.filter(({ outcome }) => outcome === "held")).toHaveLength(REPORTS - total);
      }),
      { numRuns: runs(3) },
    );
  });

  it("would act more often without the condition, which is why these tests can fail", async () => {
    const few = flood(ALL_OF_ONE.slice(0, 2 * WORKERS * BATCH));
    const { live } = await race(few, { total: 7 }, policy.sources, unconditional);
    expect(live.calls.length).toBeGreaterThan(7);
  });
});
