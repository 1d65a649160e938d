/** An index that is eventually consistent: each change is visible a while after it was made, those of one item in their order. */
export interface Indexed<T> {
  /** The range key. */
  readonly at: string;
  readonly value: T;
}

export interface LagOptions {
  readonly now: () => Date;
  /** Asked at every change, in milliseconds. */
  readonly lagMs: () => number;
}

export function createLaggingIndex<T>({ now, lagMs }: LagOptions) {
  const visible = new Map<string, Indexed<T>>();
  /** The changes that are not visible yet, by item. */
  const pending = new Map<string, { from: number; entry: Indexed<T> | undefined }[]>();

  function show(): void {
    const time = now().getTime();
    for (const [name, changes] of pending) {
      const due = changes.filter(({ from }) => from <= time);
      const last = due.at(-1);
      if (!last) continue;
      if (last.entry) visible.set(name, last.entry);
      else visible.delete(name);
      if (due.length === changes.length) pending.delete(name);
      else pending.set(name, changes.slice(due.length));
    }
  }

  return {
    /** @param entry - undefined if the item is not in the index any more. */
    set(name: string, entry: Indexed<T> | undefined): void {
      const before = pending.get(name) ?? [];
      const from = Math.max(now().getTime() + lagMs(), before.at(-1)?.from ?? 0);
      pending.set(name, [...before, { from, entry }]);
    },
    /** By their range keys. */
    entries(): Indexed<T>[] {
      show();
      return [...visible.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    },
  };
}
