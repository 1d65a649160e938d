import { afterEach, beforeEach, expect, it, jest } from "@jest/globals";
import { recordLiveStreams } from "../../lib/audit/count-live-streams.ts";
import { OffairError } from "../../lib/core/errors.ts";
import type { LiveStreams } from "../../lib/safeguards/action-limits.ts";

const DOMAINS = ["publish.example.huawei.com", "push.example.com"];
const STARTED = "2026-11-21T22:00:00.000Z";

let written: LiveStreams[];
let logged: unknown[];
const totals: Record<string, number> = { "publish.example.huawei.com": 40, "push.example.com": 2 };

beforeEach(() => {
  [written, logged] = [[], []];
  jest.spyOn(console, "info").mockImplementation((line) => void logged.push(line));
  jest.spyOn(console, "error").mockImplementation((line) => void logged.push(line));
});
afterEach(() => void jest.restoreAllMocks());

/** Each look at the clock is a minute later. */
function deps(onlineTotal: (domain: string) => Promise<number>) {
  let nowMs = Date.parse(STARTED);
  const now = () => {
    const then = new Date(nowMs);
    nowMs += 60_000;
    return then;
  };
  return { now, onlineTotal, write: async (counted: LiveStreams) => void written.push(counted) };
}

it("stores the streams of all domains together, as of the moment when counting began", async () => {
  await recordLiveStreams(
    DOMAINS,
    deps(async (domain) => totals[domain] ?? 0),
  );
  expect(written).toEqual([{ count: 42, countedAt: STARTED }]);
  expect(logged).toEqual([{ event: "audit.counted", count: 42, countedAt: STARTED }]);
});

it.each(DOMAINS)("stores nothing where %s cannot be counted, says which it was, and does not fail", async (broken) => {
  const onlineTotal = async (domain: string) => {
    if (domain === broken) throw new OffairError("ERR_LIVE_UNAVAILABLE", "503 from Live");
    return totals[domain] ?? 0;
  };
  await recordLiveStreams(DOMAINS, deps(onlineTotal));
  expect(written).toEqual([]);
  expect(logged).toEqual([
    { event: "audit.not-counted", domain: broken, error: "ERR_LIVE_UNAVAILABLE", message: "503 from Live" },
  ]);
});

it("does not fail where the count cannot be stored, and blames no domain", async () => {
  const write = async () => {
    throw new OffairError("ERR_LEDGER", "the ledger cannot be reached");
  };
  await recordLiveStreams(DOMAINS, { ...deps(async () => 1), write });
  expect(logged).toEqual([
    { event: "audit.not-counted", error: "ERR_LEDGER", message: "the ledger cannot be reached" },
  ]);
});
