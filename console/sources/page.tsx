/** Who reports: how much, and how often they were right. A source can be frozen, and the share of the sample changed. */
import { useCallback, useState } from "preact/hooks";
import type { SourceRow } from "../../lib/operator/contract/figures-schema.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import type { Route } from "../route.ts";
import { ReadState } from "../ui/failure.tsx";
import { type Load, useAnswer } from "../ui/use-answer.ts";
import { ChangeSource } from "./change-source.tsx";
import { Sample } from "./sample.tsx";
import { Source } from "./source.tsx";
import { SourcesTable } from "./table.tsx";
import { SOURCES } from "./texts.ts";

const READ_MS = 60_000;
const DAYS = [7, 30, 90, 400];
const DEFAULT_DAYS = 90;

export function SourcesPage({ rest: [name] }: Pick<Route, "rest">) {
  const { client } = useApp();
  const [days, setDays] = useState(DEFAULT_DAYS);
  const [changing, setChanging] = useState<SourceRow>();
  const load = useCallback<Load<OperatorResponse>>(
    (how) => client.ask({ action: "sources", reason: "offair console", days, ...(name && { source: name }) }, how),
    [client, days, name],
  );
  const loadMode = useCallback<Load<OperatorResponse>>(
    (how) => client.ask({ action: "mode", reason: "offair console" }, how),
    [client],
  );
  const read = useAnswer(load, { everyMs: READ_MS });
  const mode = useAnswer(loadMode, { everyMs: READ_MS });
  const { sources } = read.data ?? {};
  const current = mode.data?.mode;
  const isFrozen = (row: SourceRow): boolean =>
    current?.frozen === undefined ? row.frozen : Object.hasOwn(current.frozen, row.name);
  const only = sources?.find((row) => row.name === name);

  return (
    <>
      <p class="bar">
        <label class="field">
          <span>{say(SOURCES.period)}</span>
          <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
            {DAYS.map((n) => (
              <option value={n}>{say(COMMON.days, { n })}</option>
            ))}
          </select>
        </label>
      </p>
      <ReadState read={read} />
      {sources === undefined ? null : name === undefined ? (
        <SourcesTable {...{ sources, frozen: current?.frozen ?? {}, isFrozen, onChange: setChanging }} />
      ) : only ? (
        <Source row={{ ...only, frozen: isFrozen(only) }} />
      ) : (
        <p>{say(SOURCES.unknownSource, { name })}</p>
      )}
      {name === undefined ? (
        <>
          <ReadState read={mode} />
          {current ? <Sample sample={current.sample} onChanged={mode.set} /> : null}
        </>
      ) : null}
      {changing ? (
        <ChangeSource
          name={changing.name}
          frozen={!isFrozen(changing)}
          onChanged={mode.set}
          onClose={() => setChanging(undefined)}
        />
      ) : null}
    </>
  );
}
