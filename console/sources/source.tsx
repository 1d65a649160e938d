/** One source: its figures by rule, category, score and reporter. */
import type { SourceRow } from "../../lib/operator/contract/figures-schema.ts";
import { count, say, sayWord } from "../i18n/say.ts";
import { linkTo } from "../route.ts";
import { Foreign } from "../ui/name.tsx";
import { Time } from "../ui/time.tsx";
import { Figure } from "./figure.tsx";
import { KINDS, SOURCES } from "./texts.ts";

type Named = NonNullable<SourceRow["rules"]>[number];

export function Source({ row }: { readonly row: SourceRow }) {
  const { kind, adapter, grade, reports, actions, neverLookedAt, waiting, all, sample, since, isWhole } = row;
  return (
    <>
      <p>
        <a href={linkTo("sources")}>← {say(SOURCES.all)}</a>
      </p>
      <h2>
        <Foreign text={row.name} /> {row.frozen ? <span class="warn">({say(SOURCES.frozen)})</span> : null}
      </h2>
      <dl class="facts">
        <dt>{say(SOURCES.kind)}</dt>
        <dd>
          {sayWord(KINDS, kind)}, {say(SOURCES.adapter)} <Foreign text={adapter} />
        </dd>
        <dt>{say(SOURCES.grade)}</dt>
        <dd>
          <Foreign text={grade} />
        </dd>
        <dt>{say(SOURCES.reports)}</dt>
        <dd>
          {count(reports)}
          {isWhole ? null : (
            <span class="warn">
              {" "}
              ({say(SOURCES.since)} <Time at={since} />: {say(SOURCES.notWholeHere)})
            </span>
          )}
        </dd>
        <dt>{say(SOURCES.actions)}</dt>
        <dd>
          {count(actions)}; {count(neverLookedAt)} {say(SOURCES.neverLong)}; {count(waiting)} {say(SOURCES.waitingLong)}
        </dd>
        <dt>{say(SOURCES.right)}</dt>
        <dd>
          <Figure figure={all} />
        </dd>
        <dt>{say(SOURCES.sample)}</dt>
        <dd>
          {sample.drawn === 0 ? (
            <span class="muted">{say(SOURCES.noSample)}</span>
          ) : (
            <>
              <Figure figure={sample} /> <small class="muted">{say(SOURCES.drawn, { n: sample.drawn })}</small>
            </>
          )}
        </dd>
      </dl>
      <Figures title={say(SOURCES.byRule)} head={say(SOURCES.rule)} figures={row.rules} />
      <Figures title={say(SOURCES.byCategory)} head={say(SOURCES.category)} figures={row.categories} />
      <Figures title={say(SOURCES.byBand)} head={say(SOURCES.band)} figures={row.bands} />
      <Reporters row={row} />
    </>
  );
}

interface FiguresProps {
  readonly title: string;
  readonly head: string;
  readonly figures: readonly Named[] | undefined;
}

function Figures({ title, head, figures = [] }: FiguresProps) {
  if (figures.length === 0) return null;
  return (
    <table>
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          <th scope="col">{say(SOURCES.rightShare)}</th>
        </tr>
      </thead>
      <tbody>
        {figures.map((figure) => (
          <tr key={figure.name}>
            <th scope="row">
              <Foreign text={figure.name} />
            </th>
            <td>
              <Figure figure={figure} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Reporters({ row: { reporters = [], reportersKnown = 0 } }: { readonly row: SourceRow }) {
  if (reporters.length === 0) return null;
  const more = reportersKnown - reporters.length;
  return (
    <>
      <table>
        <caption>
          {say(SOURCES.reporters)}. {say(SOURCES.reportersHint)}
        </caption>
        <thead>
          <tr>
            <th scope="col">{say(SOURCES.reporter)}</th>
            <th scope="col">{say(SOURCES.rightCount)}</th>
            <th scope="col">{say(SOURCES.wrongCount)}</th>
          </tr>
        </thead>
        <tbody>
          {reporters.map(({ reporter, right, wrong }) => (
            <tr key={reporter}>
              <th scope="row">
                <Foreign text={reporter} />
              </th>
              <td>{right.toFixed(1)}</td>
              <td>{wrong.toFixed(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 ? <p>{say(SOURCES.moreReporters, { n: more })}</p> : null}
    </>
  );
}
