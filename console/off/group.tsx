/** One group of streams that are off the air: why, on whose authority, until when, how many, with what outcome; and its streams. */
import { useId, useState } from "preact/hooks";
import { personOf } from "../../lib/core/person-name.ts";
import { streamKey } from "../../lib/core/stream-name.ts";
import type { Result } from "../../lib/operator/contract/response-schema.ts";
import { COMMON } from "../i18n/common.ts";
import { count, say, sayWord } from "../i18n/say.ts";
import { linkTo } from "../route.ts";
import { Foreign, StreamName } from "../ui/name.tsx";
import { Time } from "../ui/time.tsx";
import { type Selection, VirtualRows } from "../ui/virtual-rows.tsx";
import type { Change } from "./change-dialog.tsx";
import { type OffGroup, outcomeOf } from "./groups.ts";
import { OFF, OUTCOMES } from "./texts.ts";

interface GroupProps {
  readonly group: OffGroup;
  readonly now: number;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (keys: readonly string[], isSelected: boolean) => void;
  readonly onChange: (change: Change) => void;
  readonly onUndo: (orderId: string) => void;
}

export function Group({ group, now, selected, onSelect, onChange, onUndo }: GroupProps) {
  const { kind, rows, orderId, reasons } = group;
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const n = rows.length;
  const streams = rows.map(({ stream }) => stream);
  const keys = streams.map(streamKey);
  const areAllSelected = keys.every((key) => selected.has(key));
  const isCanary = kind === "canary";
  return (
    <article class={`group ${kind}`} aria-labelledby={id}>
      <h2 id={id}>
        <span class="count">{count(n)} ×</span> <Heading group={group} />
      </h2>
      {reasons.length > 1 ? <Reasons reasons={reasons} /> : null}
      <Facts group={group} now={now} />
      <p class="buttons">
        <button type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {say(isOpen ? OFF.hide : OFF.open)}
        </button>
        {isCanary ? null : (
          <>
            <button type="button" onClick={() => onSelect(keys, !areAllSelected)}>
              {say(areAllSelected ? OFF.unselectGroup : OFF.selectGroup)}
            </button>
            <button type="button" onClick={() => onChange({ action: "enable", streams })}>
              {say(OFF.enableN, { n })}
            </button>
            <button type="button" onClick={() => onChange({ action: "disable", streams })}>
              {say(OFF.prolongN, { n })}
            </button>
          </>
        )}
        {orderId === undefined ? null : (
          <button type="button" onClick={() => onUndo(orderId)}>
            {say(OFF.undo)}
          </button>
        )}
      </p>
      {isOpen ? <Rows group={group} now={now} selected={selected} onSelect={onSelect} /> : null}
    </article>
  );
}

function Heading({ group: { kind, reasons } }: { readonly group: OffGroup }) {
  if (kind === "foreign") return <span class="warn">{say(OFF.notByOffair)}</span>;
  if (kind === "canary") return <span>{say(OFF.canary)}</span>;
  const [only] = reasons;
  if (only === undefined) return <span>{say(OFF.noReason)}</span>;
  return reasons.length > 1 ? <span>{say(OFF.reasons, { n: reasons.length })}</span> : <Foreign text={only} />;
}

const MOST_REASONS = 20;

function Reasons({ reasons }: { readonly reasons: readonly string[] }) {
  const more = reasons.length - MOST_REASONS;
  return (
    <details>
      <summary>{say(OFF.reasons, { n: reasons.length })}</summary>
      <ul>
        {reasons.slice(0, MOST_REASONS).map((each) => (
          <li key={each}>
            <Foreign text={each} />
          </li>
        ))}
      </ul>
      {more > 0 ? <p>{say(COMMON.more, { n: more })}</p> : null}
    </details>
  );
}

function Facts({ group, now }: { readonly group: OffGroup; readonly now: number }) {
  const { kind, by, rule, orderId, placedAt, ends, endless, outcomes, rows } = group;
  const only = rows.length === 1 ? rows[0]?.order : undefined;
  return (
    <dl class="facts">
      {kind === "foreign" || kind === "canary" ? (
        <>
          <dt>{say(OFF.authority)}</dt>
          <dd>{say(kind === "foreign" ? OFF.notByOffairWhy : OFF.canaryWhy)}</dd>
        </>
      ) : (
        <>
          <dt>{say(OFF.authority)}</dt>
          <dd title={by}>
            {kind === "rule" && rule !== undefined ? (
              <>
                {say(OFF.rule, { rule: "" }).trim()} <Foreign text={rule} />
              </>
            ) : (
              <Foreign text={personOf(by ?? "")} />
            )}
            {only?.report === undefined ? null : (
              <>
                , {say(OFF.report)} <Foreign text={only.report} />
              </>
            )}
          </dd>
        </>
      )}
      {orderId === undefined ? null : (
        <>
          <dt>{say(OFF.order)}</dt>
          <dd>
            <a href={linkTo("plans", orderId)}>
              <Foreign text={orderId} />
            </a>
          </dd>
        </>
      )}
      {placedAt === "" ? null : (
        <>
          <dt>{say(OFF.placed)}</dt>
          <dd>
            <Time at={placedAt} now={now} />
          </dd>
        </>
      )}
      <dt>{say(OFF.ends)}</dt>
      <dd>
        {ends === undefined ? null : (
          <>
            <Time at={ends.first} now={now} />
            {ends.first === ends.last ? null : (
              <>
                {" – "}
                <Time at={ends.last} now={now} />
              </>
            )}
          </>
        )}
        {endless === 0 ? null : (
          <span class="warn">
            {ends === undefined ? say(OFF.endless) : `; ${say(OFF.someEndless, { n: endless })}`}
          </span>
        )}
      </dd>
      {outcomes.length === 0 ? null : (
        <>
          <dt>{say(OFF.outcome)}</dt>
          <dd title={say(OFF.proven)}>
            {outcomes.map(([outcome, n], index) => (
              <span class={outcome === "verified" ? "good" : "warn"}>
                {index > 0 ? ", " : ""}
                {count(n)} {sayWord(OUTCOMES, outcome)}
              </span>
            ))}
          </dd>
        </>
      )}
    </dl>
  );
}

type RowsProps = Pick<GroupProps, "group" | "now" | "selected" | "onSelect">;

function Rows({ group, now, selected, onSelect }: RowsProps) {
  const isCanary = group.kind === "canary";
  const selection: Selection = {
    has: (key) => selected.has(key),
    toggle: (key) => isCanary || onSelect([key], !selected.has(key)),
    whyNot: () => (isCanary ? say(OFF.canaryRow) : undefined),
  };
  const columns = [
    { title: say(COMMON.stream), cell: ({ stream }: Result) => <StreamName stream={stream} /> },
    {
      title: say(OFF.ends),
      cell: ({ resumeTime }: Result) => (resumeTime ? <Time at={resumeTime} now={now} /> : say(OFF.endless)),
    },
    {
      title: say(OFF.outcome),
      cell: (row: Result) => (row.order ? sayWord(OUTCOMES, outcomeOf(row)) : say(OFF.notByOffair)),
    },
    {
      title: say(OFF.reportOrReason),
      cell: ({ order }: Result) => (order ? <Foreign text={order.report ?? order.reason} /> : null),
    },
  ];
  return (
    <VirtualRows
      kind="off"
      label={say(OFF.rowsOf, { group: group.reasons[0] ?? group.kind })}
      columns={columns}
      rows={group.rows}
      keyOf={({ stream }) => streamKey(stream)}
      selection={selection}
    />
  );
}
