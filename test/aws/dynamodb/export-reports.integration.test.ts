import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { exportReports } from "../../../lib/aws/dynamodb/export-reports.ts";
import { createLedger } from "../../../lib/aws/dynamodb/ledger.ts";
import { hoursOf } from "../../../lib/aws/dynamodb/read-by-time.ts";
import { HOUR_MS, MINUTE_MS } from "../../../lib/core/time.ts";
import type { ReportRecord } from "../../../lib/decisions/report-record.ts";
import type { Ledger } from "../../../lib/ledger/ledger.ts";
import { type Report, reportKey } from "../../../lib/reports/report.ts";
import { NOON, weaponsReport } from "../../support/fixtures.ts";
import { TABLE, useTable } from "../../support/table.ts";

const table = useTable();
const later = (ms: number): Date => new Date(NOON.getTime() + ms);

/** The clock of whoever writes. */
let now = NOON;
let ledger: Ledger;
beforeAll(() => {
  ledger = createLedger(table.current.dynamo, TABLE, { now: () => now });
});

async function decided(ms: number, report: Partial<Report> = {}): Promise<ReportRecord> {
  now = later(ms);
  const at = now.toISOString();
  const said = weaponsReport({ occurredAt: at, receivedAt: at, ...report });
  return ledger.recordDecision({
    ...{ key: reportKey(said), report: said, grade: "A", decidedAt: at, mode: "enforce", policy: "hash" },
    decision: { action: "review", because: "rule", rule: "unsure" },
    facts: { workedAt: at, orders: [] },
    ...{ outcome: "review", because: "rule", closedAt: at, dueAt: at },
  });
}

async function exported(since: Date, until: Date) {
  const records = [];
  for await (const record of exportReports(table.current.dynamo, TABLE, { since, until })) records.push(record);
  return records;
}

describe("reports read by time", () => {
  it("come over the border of an hour, in the order of their last change, as the ledger holds them", async () => {
    const inNextHour = await decided(HOUR_MS + 1);
    const first = await decided(30 * MINUTE_MS);
    const second = await decided(59 * MINUTE_MS);
    const records = await exported(NOON, later(2 * HOUR_MS));
    expect(records.map(({ key }) => key)).toEqual([first.key, second.key, inNextHour.key]);
    expect(records[0]).toEqual(await ledger.readReport(first.key));
  });

  it("are those from the first moment to the last, both included", async () => {
    const base = 100 * HOUR_MS;
    const records: ReportRecord[] = [];
    for (const minute of [-1, 0, 5, 10, 11]) records.push(await decided(base + minute * MINUTE_MS));
    const keys = (await exported(later(base), later(base + 10 * MINUTE_MS))).map(({ key }) => key);
    expect(keys).toEqual(records.slice(1, 4).map(({ key }) => key));
  });

  it("are told by their decision: not one of before that had its verdict in the span, but one whose verdict came later", async () => {
    const base = 150 * HOUR_MS;
    const before = await decided(base - MINUTE_MS);
    const within = await decided(base + MINUTE_MS);
    now = later(base + 2 * HOUR_MS);
    const verdict = { verdict: "rejected", by: "ana", at: now.toISOString(), reason: "no harm" } as const;
    for (const { key } of [before, within]) await ledger.writeVerdict(key, verdict, () => NOON);
    const records = await exported(later(base), later(base + 3 * HOUR_MS));
    expect(records).toEqual([await ledger.readReport(within.key)]);
    expect(records).toMatchObject([{ verdict }]);
  });

  it("are reports only: orders of the same hour are left out, and what could not be translated is there", async () => {
    const base = 200 * HOUR_MS;
    const at = later(base).toISOString();
    const { report } = await decided(base);
    await ledger.placeOrder({
      ...{ stream: report.stream, action: "pause", reason: "test", placedAt: at },
      authority: { kind: "rule", cause: "test", source: "standard", rule: "harmful", policy: "hash" },
    });
    await ledger.recordUntranslated({
      key: "sightengine#1",
      untranslated: {
        ...{ source: "sightengine", id: "1", receivedAt: at, bodySha256: "0" },
        issues: [{ pointer: "/media", message: "is missing" }],
      },
      ...{ decidedAt: at, dueAt: at, outcome: "review", because: "untranslatable" },
    });
    const kinds = (await exported(later(base), later(base))).map((record) =>
      "untranslated" in record ? "untranslated" : "report",
    );
    expect(kinds.sort()).toEqual(["report", "untranslated"]);
  });

  it("come from every page of a busy hour", async () => {
    const base = 300 * HOUR_MS;
    const keys: string[] = [];
    // A page ends at 1 MB.
    for (let i = 0; i < 12; i++) {
      const { key } = await decided(base + i);
      keys.push(key);
      const at = later(base + i).toISOString();
      const item = {
        pk: `REPORT#${key}#big`,
        sk: "REPORT",
        hour: at.slice(0, 13),
        at,
        ...{ report: {}, decidedAt: at },
        key: `${key}#big`,
        text: "x".repeat(150_000),
      };
      await table.current.documents.send(new PutCommand({ TableName: TABLE, Item: item }));
    }
    table.current.requests.length = 0;
    const records = await exported(later(base), later(base + MINUTE_MS));
    expect(records).toHaveLength(24);
    expect(records.map(({ key }) => key)).toEqual(expect.arrayContaining(keys));
    expect(table.current.requests.filter(({ command }) => command === "QueryCommand").length).toBeGreaterThan(1);
  });

  it("cannot be read from a table that is not there: an error of the ledger that names the hour", async () => {
    const { dynamo } = table.current;
    const reading = exportReports(dynamo, "no-such-table", { since: NOON, until: NOON }).next();
    await expect(reading).rejects.toMatchObject({
      code: "ERR_LEDGER",
      message: expect.stringContaining("2026-11-21T12"),
    });
  });
});

it("a span touches the hours of both its ends", () => {
  expect([...hoursOf({ since: later(-1), until: later(HOUR_MS) })]).toEqual([
    ...["2026-11-21T11", "2026-11-21T12", "2026-11-21T13"],
  ]);
  expect([...hoursOf({ since: NOON, until: NOON })]).toEqual(["2026-11-21T12"]);
});
