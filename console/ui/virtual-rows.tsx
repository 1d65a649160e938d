/**
 * A table of any length, of which only the rows on the screen are elements. Screen readers get the count and the place of each row. The
 * arrow keys, Page Up, Page Down, Home and End move through the rows; the space bar selects one, with Shift all from the last one on; Enter
 * opens one. When rows come and go, the focus and the scroll place stay at their row.
 */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from "@tanstack/virtual-core";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
}

export interface Selection {
  readonly has: (key: string) => boolean;
  readonly toggle: (key: string) => void;
  /** Selects these too. Absent: there are no ranges. */
  readonly add?: (keys: readonly string[]) => void;
  /** Why a row cannot be selected. */
  readonly whyNot?: (key: string) => string | undefined;
}

interface VirtualRowsProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly selection?: Selection;
  /** Shows the details of a row. Without a selection, a click does it too. */
  readonly onOpen?: (row: Row) => void;
  /** Class of the table, for the widths of its columns. */
  readonly kind: string;
  /** With another value, the rows are others: the table is shown from its beginning. */
  readonly shownAs?: string | undefined;
}

const ROW_PX = 34;
const OVERSCAN = 8;

export function VirtualRows<Row>(props: VirtualRowsProps<Row>) {
  const { label, columns, rows, keyOf, selection, onOpen, kind, shownAs } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState(0);
  const anchor = useRef<string | undefined>(undefined);
  const virtual = useVirtualizer(scroller, rows.length);
  useSamePlace({ scroller, rows, keyOf, shownAs }, focused, setFocused);

  function move(to: number): void {
    const index = Math.max(0, Math.min(rows.length - 1, to));
    setFocused(index);
    virtual.scrollToIndex(index);
  }

  /** @param isRange - from the row that was selected last. */
  function choose(index: number, isRange: boolean): void {
    const row = rows[index];
    if (row === undefined || !selection) return;
    const key = keyOf(row);
    const from = anchor.current === undefined ? -1 : rows.findIndex((each) => keyOf(each) === anchor.current);
    anchor.current = key;
    if (isRange && from >= 0 && selection.add) {
      const keys = rows.slice(Math.min(from, index), Math.max(from, index) + 1).map(keyOf);
      selection.add(keys.filter((each) => selection.whyNot?.(each) === undefined));
    } else if (selection.whyNot?.(key) === undefined) selection.toggle(key);
  }

  const active = rows[focused];

  function pressed(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1);
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    if (event.key === "Home") move(0);
    else if (event.key === "End") move(rows.length - 1);
    else if (event.key in steps) move(focused + (steps[event.key] ?? 0));
    else if (event.key === " " && selection) choose(focused, event.shiftKey);
    else if (event.key === "Enter" && onOpen && active !== undefined) onOpen(active);
    else return;
    event.preventDefault();
  }

  return (
    <div
      ref={scroller}
      class={`rows ${kind}`}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-multiselectable={selection ? "true" : undefined}
      aria-activedescendant={active === undefined ? undefined : `${kind}-${focused}`}
      tabIndex={0}
      onKeyDown={pressed}
    >
      <div class="head row" role="row" aria-rowindex={1}>
        {selection ? (
          <span role="columnheader" class="check">
            <span class="hidden">{say(COMMON.select)}</span>
          </span>
        ) : null}
        {columns.map(({ title }) => (
          <span role="columnheader">{title}</span>
        ))}
      </div>
      <div role="rowgroup" class="body" style={{ blockSize: `${virtual.getTotalSize()}px` }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          const key = keyOf(row);
          const whyNot = selection?.whyNot?.(key);
          return (
            <div
              key={key}
              id={`${kind}-${index}`}
              class={index === focused ? "row active" : "row"}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={selection ? selection.has(key) : undefined}
              title={whyNot}
              style={{ transform: `translateY(${start - ROW_PX}px)` }}
              onMouseDown={(event) => {
                if (event.shiftKey) event.preventDefault(); // which would select text
              }}
              onClick={(event) => {
                setFocused(index);
                if (selection) choose(index, event.shiftKey);
                else onOpen?.(row);
              }}
            >
              {selection ? (
                <span role="gridcell" class="check" aria-hidden="true">
                  {whyNot === undefined ? (selection.has(key) ? "☑" : "☐") : "–"}
                </span>
              ) : null}
              {columns.map(({ cell }) => (
                <span role="gridcell">{cell(row)}</span>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface Placed<Row> extends Pick<VirtualRowsProps<Row>, "rows" | "keyOf" | "shownAs"> {
  readonly scroller: { readonly current: HTMLDivElement | null };
}

/** Keeps the focus and the first row on the screen where they are when rows come and go above them. */
function useSamePlace<Row>(
  { scroller, rows, keyOf, shownAs }: Placed<Row>,
  focused: number,
  setFocused: (index: number) => void,
): void {
  const before = useRef({ rows, shownAs });
  useLayoutEffect(() => {
    const { rows: old, shownAs: oldAs } = before.current;
    before.current = { rows, shownAs };
    const element = scroller.current;
    if (old === rows || !element) return;
    if (oldAs !== shownAs) {
      setFocused(0);
      element.scrollTop = 0;
      return;
    }
    const placeOf = (row: Row | undefined): number =>
      row === undefined ? -1 : rows.findIndex((each) => keyOf(each) === keyOf(row));
    const place = placeOf(old[focused]);
    setFocused(place < 0 ? Math.max(0, Math.min(focused, rows.length - 1)) : place);
    const top = Math.floor(element.scrollTop / ROW_PX);
    const moved = top === 0 ? -1 : placeOf(old[top]);
    if (moved >= 0) element.scrollTop += (moved - top) * ROW_PX;
  }, [rows, shownAs, keyOf, scroller, focused, setFocused]);
}

function useVirtualizer(scroller: { readonly current: HTMLDivElement | null }, count: number) {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const options: VirtualizerOptions<HTMLDivElement, HTMLElement> = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollMargin: ROW_PX, // the head, which stays in sight
    scrollPaddingStart: ROW_PX,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw(0),
  };
  const [virtual] = useState(() => new Virtualizer(options));
  virtual.setOptions(options);
  useEffect(() => virtual._didMount(), [virtual]);
  useEffect(() => virtual._willUpdate());
  return virtual;
}
