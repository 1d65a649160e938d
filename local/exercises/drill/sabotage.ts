/** Faults of offair itself: a module swapped for a broken one. The drill must find each of them. */
export interface Sabotage {
  /** What is replaced, and by what; both named from the top. */
  readonly module: string;
  readonly replacement: string;
  /** The beginning of the claim that breaks. */
  readonly breaks: string;
}

export const SABOTAGES: Readonly<Record<string, Sabotage>> = {
  "ignores-cancel": {
    module: "lib/worker/handle-operator-order.ts",
    replacement: "test/sabotage/ignores-cancel.ts",
    breaks: "undone while it ran",
  },
};
