/** All sources, one row each. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { SourceRow } from "../../lib/operator/contract/figures-schema.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { count, say, sayWord } from "../i18n/say.ts";
import { linkTo } from "../route.ts";
import { Foreign } from "../ui/name.tsx";
import { Time } from "../ui/time.tsx";
import { Wide } from "../ui/wide.tsx";
import { Figure } from "./figure.tsx";
import { KINDS, SOURCES } from "./texts.ts";
import { WhoChanged } from "./who-changed.tsx";

interface SourcesTableProps {
  readonly sources: readonly SourceRow[];
  readonly frozen: NonNullable<NonNullable<OperatorResponse["mode"]>["frozen"]>;
  readonly isFrozen: (row: SourceRow) => boolean;
  readonly onChange: (row: SourceRow) => void;
}

export function SourcesTable({ sources, frozen, isFrozen, onChange }: SourcesTableProps) {
  if (sources.length === 0) return <p>{say(SOURCES.none)}</p>;
  return (
    <>
      <p class="muted">{say(SOURCES.interval)}</p>
      <Wide label={say(SOURCES.of)}>
        <table class="sources">
          <thead>
            <tr>
              <th scope="col">{say(SOURCES.source)}</th>
              <th scope="col" class="n">
                {say(SOURCES.reports)}
              </th>
              <th scope="col" class="n">
                {say(SOURCES.actions)}
              </th>
              <th scope="col" class="n">
                {say(SOURCES.never)}
              </th>
              <th scope="col" class="n">
                {say(SOURCES.waiting)}
              </th>
              <th scope="col">{say(SOURCES.right)}</th>
              <th scope="col">{say(SOURCES.sample)}</th>
              <th scope="col">{say(SOURCES.state)}</th>
            </tr>
          </thead>
          <tbody>
            {sources.map((row) => (
              <tr key={row.name}>
                <th scope="row">
                  <a href={linkTo("sources", row.name)}>
                    <Foreign text={row.name} />
                  </a>
                  <br />
                  <small class="muted">
                    {sayWord(KINDS, row.kind)}, {say(SOURCES.grade)} <Foreign text={row.grade} />
                  </small>
                </th>
                <td class="n">
                  {count(row.reports)}
                  {row.isWhole ? "" : "+"}
                </td>
                <td class="n">{count(row.actions)}</td>
                <td class="n">{count(row.neverLookedAt)}</td>
                <td class="n">{count(row.waiting)}</td>
                <td>
                  <Figure figure={row.all} />
                </td>
                <td>
                  {row.sample.drawn === 0 ? (
                    <span class="muted">{say(SOURCES.noSample)}</span>
                  ) : (
                    <Figure figure={row.sample} />
                  )}
                </td>
                <td>
                  <State row={row} isFrozen={isFrozen(row)} change={frozen[row.name]} />{" "}
                  <button type="button" onClick={() => onChange(row)}>
                    {say(isFrozen(row) ? SOURCES.unfreeze : SOURCES.freeze)}
                    <span class="hidden"> {escapeInvisible(row.name)}</span>
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {sources
        .filter(({ isWhole }) => !isWhole)
        .map(({ name, since }) => (
          <p key={name} class="notice warn">
            <Foreign text={name} />: {say(SOURCES.notWhole)} <Time at={since} />
          </p>
        ))}
    </>
  );
}

interface StateProps {
  readonly row: SourceRow;
  readonly isFrozen: boolean;
  readonly change: SourcesTableProps["frozen"][string] | undefined;
}

function State({ isFrozen, change }: StateProps) {
  if (!isFrozen) return <span class="good">{say(SOURCES.acts)}</span>;
  return (
    <>
      <strong class="warn">{say(SOURCES.frozen)}</strong>
      {change ? <WhoChanged change={change} /> : null}
    </>
  );
}
