/** Whether everything works: the deployment's checks with their remedies, the mode, dead letters, and where the alarms are. */
import { useCallback } from "preact/hooks";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import type { OperatorAnswer } from "../http/protocol.ts";
import { say } from "../i18n/say.ts";
import { ReadState } from "../ui/failure.tsx";
import { Progress } from "../ui/progress.tsx";
import { Time, useNow } from "../ui/time.tsx";
import { type Load, useAnswer } from "../ui/use-answer.ts";
import { Checks } from "./checks.tsx";
import { Here } from "./here.tsx";
import { Mode } from "./mode.tsx";
import { Redrive } from "./redrive.tsx";
import { HEALTH } from "./texts.ts";

const MODE_MS = 60_000;

export function HealthPage() {
  const { client } = useApp();
  const load = useCallback<Load<OperatorAnswer>>(
    (how) => client.send({ action: "doctor", reason: "offair console" }, how),
    [client],
  );
  const loadMode = useCallback<Load<OperatorResponse>>(
    (how) => client.ask({ action: "mode", reason: "offair console" }, how),
    [client],
  );
  const read = useAnswer(load); // not by itself: each time, the deployment calls Live
  const mode = useAnswer(loadMode, { everyMs: MODE_MS });
  const { data, isReading, readAtMs } = read;
  return (
    <>
      <section aria-labelledby="checks">
        <h2 id="checks">{say(HEALTH.checks)}</h2>
        {isReading ? <Progress text={HEALTH.checking} /> : null}
        {read.failure ? <ReadState read={read} /> : null}
        {data ? <Checks checks={checksOf(data)} /> : null}
        {data ? (
          <p class="buttons">
            <button type="button" disabled={isReading} onClick={() => void read.reload()}>
              {say(HEALTH.again)}
            </button>
            {readAtMs === undefined ? null : <CheckedAt atMs={readAtMs} />}
          </p>
        ) : null}
      </section>
      {data ? <Here answer={data.answer} {...(data.aheadMs !== undefined && { aheadMs: data.aheadMs })} /> : null}
      <ReadState read={mode} />
      {mode.data?.mode ? <Mode mode={mode.data.mode} onChanged={mode.set} /> : null}
      <Redrive onDone={() => void read.reload()} />
      <section aria-labelledby="alarms">
        <h2 id="alarms">{say(HEALTH.alarms)}</h2>
        <p>{say(HEALTH.alarmsWhere)}</p>
        <p>
          <code>aws cloudwatch describe-alarms --alarm-name-prefix offair-STAGE- --state-value ALARM</code>
        </p>
        <p>{say(HEALTH.alarmsStage)}</p>
      </section>
    </>
  );
}

/** What the deployment refused is a failed check. */
const checksOf = ({ answer: { checks = [], errors } }: OperatorAnswer) => [
  ...errors.map(({ message }) => ({ name: "function", state: "failed" as const, says: message })),
  ...checks,
];

function CheckedAt({ atMs }: { readonly atMs: number }) {
  const now = useNow(10_000);
  return (
    <span class="muted">
      {say(HEALTH.checkedAt)} <Time at={new Date(atMs).toISOString()} now={now} />
    </span>
  );
}
