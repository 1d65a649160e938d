/**
 * A table of any length, of which only the rows on the screen are elements. Screen readers get the count and the place of each row. The
 * arrow keys, Page Up, Page Down, Home and End move through the rows; the space bar selects one, Enter opens it.
 */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from "@tanstack/virtual-core";
import type { ComponentChildren } from "preact";
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
}

export interface Selection {
  readonly has: (key: string) => boolean;
  readonly toggle: (key: string) => void;
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
}

const ROW_PX = 34;
const OVERSCAN = 8;

export function VirtualRows<Row>({ label, columns, rows, keyOf, selection, onOpen, kind }: VirtualRowsProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState(0);
  const virtual = useVirtualizer(scroller, rows.length);

  function move(to: number): void {
    const index = Math.max(0, Math.min(rows.length - 1, to));
    setFocused(index);
    virtual.scrollToIndex(index);
  }

  function pressed(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 1);
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const row = rows[focused];
    if (event.key === "Home") move(0);
    else if (event.key === "End") move(rows.length - 1);
    else if (event.key in steps) move(focused + (steps[event.key] ?? 0));
    else if (event.key === " " && selection && row !== undefined) selection.toggle(keyOf(row));
    else if (event.key === "Enter" && onOpen && row !== undefined) onOpen(row);
    else return;
    event.preventDefault();
  }

  const active = rows[focused];
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
            <span class="hidden">{say(COMMON.filter)}</span>
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
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => {
                setFocused(index);
                if (!selection) onOpen?.(row);
                else if (whyNot === undefined) selection.toggle(key);
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

function useVirtualizer(scroller: { readonly current: HTMLDivElement | null }, count: number) {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const options: VirtualizerOptions<HTMLDivElement, HTMLElement> = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    paddingStart: 0,
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
