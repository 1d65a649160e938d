/** Live streams as rows that can be selected. */
import { useMemo } from "preact/hooks";
import { COMMON } from "../i18n/common.ts";
import { PAGE_NAMES } from "../i18n/pages.ts";
import { say, sayWord } from "../i18n/say.ts";
import { Foreign } from "../ui/name.tsx";
import { durationText, useNow } from "../ui/time.tsx";
import { type Column, type Selection, VirtualRows } from "../ui/virtual-rows.tsx";
import { type Entry, isSelectable } from "./entries.ts";
import { LEFT_OUT } from "./texts.ts";

interface StreamTableProps {
  readonly entries: readonly Entry[];
  readonly shownAs: string;
  readonly selection: Pick<Selection, "has" | "toggle"> & Required<Pick<Selection, "add">>;
}

const keyOf = ({ key }: Entry): string => key;

export function StreamTable({ entries, shownAs, selection }: StreamTableProps) {
  const now = useNow(10_000);
  const whyNots = useMemo(
    () =>
      new Map(
        entries.filter((each) => !isSelectable(each)).map(({ key, leftOut = "" }) => [key, sayWord(LEFT_OUT, leftOut)]),
      ),
    [entries],
  );
  const columns: readonly Column<Entry>[] = [
    {
      title: say(COMMON.since),
      cell: ({ since, sinceMs }) =>
        sinceMs === undefined ? (
          say(COMMON.unknown)
        ) : (
          <time dateTime={since} title={since}>
            {say(COMMON.ago, { time: durationText(now - sinceMs) })}
          </time>
        ),
    },
    {
      title: say(COMMON.name),
      cell: ({ stream, leftOut }) => (
        <>
          <Foreign text={stream.stream} />
          {leftOut === undefined ? null : <small class="warn"> {sayWord(LEFT_OUT, leftOut)}</small>}
        </>
      ),
    },
    { title: say(COMMON.app), cell: ({ stream }) => <Foreign text={stream.app} /> },
    { title: say(COMMON.domain), cell: ({ stream }) => <Foreign text={stream.domain} /> },
    { title: say(COMMON.address), cell: ({ address }) => <Foreign text={address ?? say(COMMON.unknown)} /> },
  ];
  return (
    <VirtualRows
      label={say(PAGE_NAMES.live)}
      kind="live"
      rows={entries}
      {...{ columns, keyOf, shownAs }}
      selection={{ ...selection, whyNot: (key) => whyNots.get(key) }}
    />
  );
}
