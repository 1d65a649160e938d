/** What a person looks for on this page and has selected: it stays in this tab while another page is shown, and after a plan is made of it. */
import { useState } from "preact/hooks";
import { type LiveFilter, NO_FILTER, type SortBy } from "./entries.ts";
import type { Chosen } from "./selection.ts";

interface View {
  readonly filter: LiveFilter;
  readonly sortBy: SortBy;
  readonly chosen: Chosen;
  readonly isOnlyChosen: boolean;
}

let kept: View = { filter: NO_FILTER, sortBy: "newest", chosen: new Map(), isOnlyChosen: false };

type ChangeView = (change: (before: View) => Partial<View>) => void;

export function useView(): readonly [View, ChangeView] {
  const [view, setView] = useState(kept);
  const [change] = useState<ChangeView>(() => (of: Parameters<ChangeView>[0]) => {
    kept = { ...kept, ...of(kept) };
    setView(kept);
  });
  return [view, change];
}
