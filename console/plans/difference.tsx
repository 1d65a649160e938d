/** How the plan differs from what is live now: read when it is opened, and again when a person asks. */
import { useCallback, useMemo } from "preact/hooks";
import type { Stream } from "../../lib/core/stream.ts";
import type { OperatorResponse, PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { ReadState } from "../ui/failure.tsx";
import { StreamName } from "../ui/name.tsx";
import { instantText } from "../ui/time.tsx";
import { type Load, useAnswer } from "../ui/use-answer.ts";
import { differenceOf, liveRequest } from "./difference-of.ts";
import { PLAN } from "./texts.ts";

const SHOWN = 100;

/** @param plan - one that pauses or disables. */
export function DifferenceToLive({ plan }: { readonly plan: PlanResponse }) {
  const { client } = useApp();
  const request = JSON.stringify(liveRequest(plan)); // the plan cannot change, but is read again
  const load = useCallback<Load<OperatorResponse>>((how) => client.ask(JSON.parse(request), how), [client, request]);
  const read = useAnswer(load);
  const { live, truncated = false, unreadable } = read.data ?? {};
  const difference = useMemo(() => live && differenceOf(plan, live.rows), [plan, live]);
  return (
    <section aria-labelledby="difference">
      <h2 id="difference">{say(PLAN.difference)}</h2>
      <ReadState read={read} />
      {truncated || unreadable ? <p class="notice warn">{say(PLAN.partial)}</p> : null}
      {difference && live ? (
        <>
          {difference.notLive.length + difference.notPlanned.length === 0 ? <p>{say(PLAN.same)}</p> : null}
          <Streams
            title={say(PLAN.notLive, { n: difference.notLive.length })}
            hint={say(PLAN.notLiveHint)}
            streams={difference.notLive}
          />
          <Streams title={say(PLAN.notPlanned, { n: difference.notPlanned.length })} streams={difference.notPlanned} />
          {difference.leftOut.length > 0 ? (
            <p class="muted">{say(PLAN.notPlannedLeftOut, { n: difference.leftOut.length })}</p>
          ) : null}
          <p class="buttons">
            <span class="muted">{say(PLAN.readAtTime, { time: instantText(live.readAt) })}</span>
            <button type="button" onClick={() => void read.reload()} disabled={read.isReading}>
              {say(PLAN.lookAgain)}
            </button>
          </p>
        </>
      ) : null}
    </section>
  );
}

interface StreamsProps {
  readonly title: string;
  readonly hint?: string;
  readonly streams: readonly Stream[];
}

function Streams({ title, hint, streams }: StreamsProps) {
  if (streams.length === 0) return null;
  return (
    <details>
      <summary class="warn">{title}</summary>
      {hint === undefined ? null : <p class="muted">{hint}</p>}
      <ul class="plain">
        {streams.slice(0, SHOWN).map((stream) => (
          <li>
            <StreamName stream={stream} />
          </li>
        ))}
      </ul>
      {streams.length > SHOWN ? <p>{say(COMMON.more, { n: streams.length - SHOWN })}</p> : null}
    </details>
  );
}
