/** What an audit tells subscribers, through the ledger: also if it dies at any moment. */
import { describe, expect, it } from "@jest/globals";
import type { AuditDeps } from "../../lib/audit/audit.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { DAY_MS, HOUR_MS, toSecondsUtc } from "../../lib/core/time.ts";
import type { AuditNotice } from "../../lib/events/audit-notice.ts";
import type { Order } from "../../lib/orders/order.ts";
import { DOMAIN, useAuditWorld } from "../support/audit-world.ts";
import { NOON } from "../support/fixtures.ts";

const world = useAuditWorld();
const named = (stream: string) => ({ domain: DOMAIN, app: "live", stream });
const at = (ms: number): string => new Date(NOON.getTime() + ms).toISOString();
const SOON = toSecondsUtc(new Date(NOON.getTime() + 20 * HOUR_MS));
const LATER = toSecondsUtc(new Date(NOON.getTime() + 7 * DAY_MS));

function order(stream: string, resumeTime: string): void {
  const endedAt = at(-DAY_MS);
  const placed: Order = {
    ...{ stream: named(stream), number: 3, action: "disable", resumeTime, outcome: "verified", attempts: [] },
    ...{ reason: "csam 0.9 reported by standard", placedAt: at(-6 * DAY_MS), endedAt },
    authority: { kind: "rule", cause: `standard#${stream}`, source: "standard", rule: "severe", policy: "hash" },
  };
  world.ledger.push({ at: endedAt, order: placed });
}
const block = (stream: string, resume_time: string) => world.live.addDisabled([{ ...named(stream), resume_time }]);

/** A stream that is not disabled at Live, one that nobody ordered, and one whose disable ends soon. */
function threeFindings(): void {
  order("missing", LATER);
  block("unexpected", LATER);
  order("expiring", SOON);
  block("expiring", SOON);
}
const drift = (slot: string, entry: number): AuditNotice => ({
  ...{ kind: "drift", slot, foundAt: expect.anything() as never, entry, counts: { missing: 1, unexpected: 1 } },
  findings: "findings/dt=2026-11-21/120000Z.ndjson.gz",
});
const expiring = (): AuditNotice => ({
  ...{ kind: "expiring", stream: named("expiring"), orderNumber: 3, resumeTime: SOON },
  foundAt: expect.anything() as never,
});

describe("the notices of an audit", () => {
  it("are one of its drift, and one of each disable that ends soon", async () => {
    threeFindings();
    await world.audit(0);
    expect(world.notices).toEqual([drift(at(0), 1), expiring()]);
  });

  it("are none if Live and the ledger agree", async () => {
    order("agreed", LATER);
    block("agreed", LATER);
    await world.audit(0);
    expect(world.notices).toEqual([]);
  });

  it("say nothing of the canary's stream", async () => {
    threeFindings();
    block("canary", SOON);
    order("canary", SOON);
    await world.audit(0, { canary: named("canary") });
    expect(world.notices).toEqual([drift(at(0), 1), expiring()]);
    await world.audit(1);
    expect(world.notices).toContainEqual({ ...expiring(), stream: named("canary") });
  });

  it("are written by the repeated audit of the hour if the first one died before it could", async () => {
    threeFindings();
    const died: Partial<AuditDeps> = {
      writeNotice: async () => {
        throw new Error("the process was killed");
      },
    };
    await expect(world.audit(0, died)).rejects.toThrow("killed");
    expect(await world.audit(0)).toMatchObject({ written: false });
    expect(world.notices).toEqual([drift(at(0), 1), expiring()]);
  });

  it("are written by the audit of the next hour if the ledger was away, with what was found then", async () => {
    threeFindings();
    const away: Partial<AuditDeps> = {
      writeNotice: async () => {
        throw new OffairError("ERR_LEDGER", "the ledger cannot be written");
      },
    };
    expect(await world.audit(0, away)).toMatchObject({ written: true });
    expect(world.notices).toEqual([]);
    world.live.reset(); // whatever was found is repaired meanwhile
    world.ledger = [];
    await world.audit(1);
    expect(world.notices).toContainEqual(drift(at(0), 1));
    expect(world.notices).toContainEqual(expiring());
  });

  it("have the same content whoever writes them, so that an event is the same too", async () => {
    threeFindings();
    await world.audit(0);
    const first = [...world.notices];
    world.notices = [];
    world.clock += 10 * 60_000;
    await world.audit(0);
    expect(world.notices).toEqual(first);
  });
});
