/** Counts what AWS bills, and holds it against the floor and the rivals of scripts/cost. Writes bench/cost/counts.json, of which docs/cost.md is made. */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { packageAlone } from "../build/package-alone.ts";
import { WAKE_AFTER_S } from "../lib/notify/sweep.ts";
import { COUNTS_FILE, type Counted, one, parseCounted, sceneOf } from "../scripts/cost/counts.ts";
import { costOfSteps, floorOfDisable, floorOfIdleMonth } from "../scripts/cost/floor.ts";
import { idleMonth } from "../scripts/cost/month.ts";
import { add, usdOf } from "../scripts/cost/prices.ts";
import { parts, workflow } from "../scripts/cost/rivals.ts";
import type { Bench, Measured, Row } from "./bench.ts";
import { playScenes } from "./cost/scenes.ts";
import { standingOf } from "./cost/template-facts.ts";

const DISABLED = "report disabled";

async function count(isQuick: boolean): Promise<Counted> {
  const { templatePath, remove } = await packageAlone();
  try {
    const [{ model = "" } = {}] = cpus();
    return parseCounted({
      ...{ at: new Date().toISOString(), node: process.version, cpu: model },
      ...{ standing: standingOf(templatePath, []), withCanary: standingOf(templatePath, ["CanaryIsOn"]) },
      ...{ sweepsAfter: WAKE_AFTER_S.length, scenes: await playScenes(isQuick) },
    });
  } finally {
    remove();
  }
}

/** More digits say nothing. */
const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;

const DISABLE_BOUND =
  "docs/cost.md has the floor as a list of requests. What is above it: an order is written before its intent, who reported is linked, a write whose cached limits another worker changed is repeated, and the report's own events leave by themselves.";
const PARTS_BOUND =
  "The usual parts write twice for a report and prove nothing: no decision before the call, no order of calls, no limits, no pace, no reading back, no evidence. The ledger's writes for these promises alone cost more than the whole rival; the usual part for them is the workflow of the next row.";
const IDLE_BOUND =
  "docs/cost.md has both months. What is above the floor: alarms of several metrics, the number of differences that every audit writes so that its alarm ends, and nine sweeps of notify a minute where three would do.";

function measured(counted: Counted): Measured {
  const scene = sceneOf(counted, DISABLED);
  const usd = {
    ours: usdOf(one(counted, DISABLED)),
    floor: usdOf(costOfSteps(scene, floorOfDisable(scene))),
    parts: usdOf(parts(scene)),
    workflow: usdOf(workflow(scene)),
    "idle, ours": usdOf(idleMonth(counted)),
    "idle, floor": usdOf(add(...Object.values(floorOfIdleMonth(counted)))),
  };
  const row = (what: string, [above, below]: [string, string], atMost: number, bound: string): Row => {
    return { what, above, below, target: { atMost }, isExact: true, ...(bound && { bound }) };
  };
  return {
    samples: Object.fromEntries(Object.entries(usd).map(([name, value]) => [name, { unit: "usd", values: [value] }])),
    rows: [
      row("a report that disables, close to the floor", ["ours", "floor"], 1.5, DISABLE_BOUND),
      row("a report that disables, of the usual parts", ["ours", "parts"], 0.5, PARTS_BOUND),
      row("a report that disables, of a workflow with its promises", ["ours", "workflow"], 0.5, ""),
      row("an idle month, close to the floor", ["idle, ours", "idle, floor"], 1.2, IDLE_BOUND),
    ],
  };
}

export const cost: Bench = {
  name: "cost",
  about:
    "counts on the local stack what AWS bills: of reports, orders, a batch, audits of 1,000 to 100,000 streams and an idle month; docs/cost.md has the prices, the floor and the rivals. `parts`: the usual parts of a serverless webhook, with fewer promises; `workflow`: most of the promises by a standard workflow of Step Functions.",
  leftOut: "all but an idle month and a report that disables; nothing is written",
  async run({ isQuick }) {
    const counted = await count(isQuick);
    if (!isQuick) writeFileSync(COUNTS_FILE, `${JSON.stringify(counted, rounded)}\n`);
    return measured(counted);
  },
};
