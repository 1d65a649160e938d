/** When keys were used last, as Huawei shows it: of several uses within some time, the first. */
export interface KeyUses {
  note(ak: string, nowMs: number, stepMs: number): void;
  /** In milliseconds; undefined if the key was never used. */
  shown(ak: string): number | undefined;
}

export function createKeyUses(): KeyUses {
  const shown = new Map<string, number>();
  return {
    note(ak, nowMs, stepMs) {
      const before = shown.get(ak);
      if (before === undefined || nowMs - before >= stepMs) shown.set(ak, nowMs);
    },
    shown: (ak) => shown.get(ak),
  };
}
