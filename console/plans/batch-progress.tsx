/** How far a batch is: a bar, its measured rate, the remaining time, what it waits for, and each failure as it comes. */
import { useCallback, useEffect, useRef } from "preact/hooks";
import { measuredRate, type Sample, secondsLeft } from "../../lib/operator/contract/remaining-time.ts";
import type { BatchProgress, Result } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { count, percent, say, sayWord } from "../i18n/say.ts";
import { OUTCOMES } from "../off/texts.ts";
import { ReadState } from "../ui/failure.tsx";
import { Foreign, StreamName } from "../ui/name.tsx";
import { durationText, Time } from "../ui/time.tsx";
import { type Load, useAnswer } from "../ui/use-answer.ts";
import { failuresOf, isMoving } from "./plan-state.ts";
import { PLAN } from "./texts.ts";
import type { Progress } from "./use-plan.ts";

const SHOWN = 20;

interface BatchSectionProps {
  readonly orderId: string;
  readonly batch: BatchProgress;
  readonly progress: Progress | undefined;
}

export function BatchSection({ orderId, batch, progress }: BatchSectionProps) {
  const { state, count: all, left, outcomes, keptOff = 0, waiting, endedAt, appliedAt = "" } = batch;
  const done = all - left;
  const measured = useMeasured(progress);
  const share = done / Math.max(1, all);
  const isOver = !isMoving(state);
  const tookMs = Date.parse(endedAt ?? "") - Date.parse(appliedAt);
  return (
    <section aria-labelledby="progress">
      <h2 id="progress">{say(PLAN.progress)}</h2>
      <div class="meter">
        <progress max={all} value={done} aria-labelledby="progress" />
        <strong>{percent(Math.floor(share * 100) / 100)}</strong>
        <span>{say(PLAN.doneOf, { n: done, all })}</span>
        {left > 0 ? <span>{say(PLAN.left, { n: left })}</span> : null}
        {isOver || waiting ? null : <RemainingTime {...measured} batch={batch} />}
      </div>
      <p class="hidden" role="status">
        {/* At quarters only: a screen reader would read nothing else. */}
        {percent(Math.floor(share * 4) / 4)}
      </p>
      <p>
        {Object.entries(outcomes).map(([outcome, n], index) => (
          <>
            {index > 0 ? " · " : ""}
            {count(n)} {sayWord(OUTCOMES, outcome)}
          </>
        ))}
        {keptOff > 0 ? ` · ${say(PLAN.keptOff, { n: keptOff })}` : ""}
      </p>
      {batch.breakGlass ? <p class="notice warn">{say(PLAN.breakGlass)}</p> : null}
      {waiting ? (
        <div class="notice warn" role="status">
          <p>{say(PLAN.waits, { time: waiting.since })}</p>
          <p lang="en">
            <Foreign text={`${waiting.error}: ${waiting.message}`} />
          </p>
        </div>
      ) : null}
      {isOver && endedAt !== undefined ? (
        <p class="muted">
          {say(PLAN.ended)}: <Time at={endedAt} />
          {Number.isNaN(tookMs) ? "" : ` · ${say(PLAN.tookTime, { time: durationText(tookMs) })}`}
        </p>
      ) : null}
      {failuresOf(batch) > 0 ? <Failures {...{ orderId }} failed={failuresOf(batch)} /> : null}
    </section>
  );
}

interface Measured {
  readonly rate: number | undefined;
  readonly leftSeconds: number | undefined;
}

/** Each progress that was read is a sample. */
function useMeasured(progress: Progress | undefined): Measured {
  const samples = useRef<Sample[]>([]);
  if (!progress || progress.batch.appliedAt === undefined) return { rate: undefined, leftSeconds: undefined };
  const { batch, atMs } = progress;
  if (samples.current.at(-1)?.atMs !== atMs) samples.current.push({ atMs, done: batch.count - batch.left });
  return {
    rate: measuredRate(samples.current, batch.count),
    leftSeconds: secondsLeft(samples.current, batch.count),
  };
}

function RemainingTime({ rate, leftSeconds, batch }: Measured & { readonly batch: BatchProgress }) {
  if (rate !== undefined && leftSeconds !== undefined && Number.isFinite(leftSeconds)) {
    const text =
      rate < 1
        ? say(PLAN.perMinute, { rate: Math.round(60 * rate) })
        : say(PLAN.perSecond, { rate: Math.round(rate * 10) / 10 });
    return (
      <span>
        {text} · {say(PLAN.leftTime, { time: durationText(leftSeconds * 1_000) })}
      </span>
    );
  }
  if (batch.secondsLeft === undefined) return null;
  return <span>{say(PLAN.leftAtRate, { time: durationText(batch.secondsLeft * 1_000) })}</span>;
}

/** Read again only when there are new ones: each costs a part of the plan. */
function Failures({ orderId, failed }: { readonly orderId: string; readonly failed: number }) {
  const { client } = useApp();
  const load = useCallback<Load<readonly Result[]>>(
    async ({ signal }) => {
      const request = { action: "status", orderId, results: "failed", reason: "offair console" } as const;
      return (await client.ask(request, { isPoll: true, signal })).results;
    },
    [client, orderId],
  );
  const read = useAnswer(load);
  const { reload, data, isReading } = read;
  const readFor = useRef(failed);
  useEffect(() => {
    if (isReading || readFor.current === failed) return;
    readFor.current = failed;
    reload().catch(() => {});
  }, [failed, isReading, reload]);
  return (
    <section aria-labelledby="failures">
      <h3 id="failures" class="bad">
        {say(PLAN.failures)}: {count(failed)}
      </h3>
      <ReadState read={read} />
      {data ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, which has to be possible by keyboard
        <ul class="plain failures" tabIndex={0} aria-labelledby="failures">
          {data.slice(0, SHOWN).map(({ stream, outcome = "", error, message }) => (
            <li>
              <span class="bad">{sayWord(OUTCOMES, outcome)}</span> <StreamName stream={stream} />{" "}
              <span lang="en">
                <Foreign text={[error, message].filter((each) => each !== undefined).join(": ")} />
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {data && SHOWN < failed ? <p class="muted">{say(PLAN.failuresMore, { n: SHOWN })}</p> : null}
    </section>
  );
}
