/** What a report that disables writes to the ledger, item by item: as it was counted, and in the floor. */
import type { Scene } from "./counts.ts";

/** Items of the ledger, by the start of the counted keys. */
const KEYS = {
  "REPORT REPORT": "report",
  "REPORT BY": "who reported",
  "STREAM ORDER": "order",
  "STREAM LOCK": "lock of the stream",
  LIMITS: "actions of the window",
  RATE: "leases of Live's pace",
  KEY: "key of the Huawei user",
  "EVENT N": "events",
  "EVENT TO": "deliveries",
} as const;
export type Item = (typeof KEYS)[keyof typeof KEYS] | "others";
export type Writes = Readonly<Partial<Record<Item, number>>>;

export interface Written {
  readonly item: Item;
  /** Of one report. */
  readonly requests: number;
  readonly units: number;
  readonly floor: number;
}

const itemOf = (key: string): Item => {
  const found = Object.entries(KEYS).find(([start]) => `${key} `.startsWith(`${start} `));
  return found ? found[1] : "others";
};

export const unitsOf = (writes: Writes): number => Object.values(writes).reduce((sum, units) => sum + units, 0);

export function writesOf(
  { operations, times }: Scene,
  steps: readonly { readonly writes?: Writes }[],
): readonly Written[] {
  const all = new Map<Item, { requests: number; units: number }>();
  for (const [name, { requests, units }] of Object.entries(operations)) {
    const [, key] = / dynamodb (?:Put|Update|Delete)Item (.*)$/.exec(name) ?? [];
    if (key === undefined) continue;
    const before = all.get(itemOf(key)) ?? { requests: 0, units: 0 };
    all.set(itemOf(key), { requests: before.requests + requests / times, units: before.units + units / times });
  }
  return [...all].map(([item, counted]) => {
    const floor = steps.reduce((sum, { writes = {} }) => sum + (writes[item] ?? 0), 0);
    return { item, ...counted, floor };
  });
}
