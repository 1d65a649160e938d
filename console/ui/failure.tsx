/** A failure: what happened, what the local server or the deployment says, and what to do. */
import type { ComponentChildren } from "preact";
import type { ConsoleError } from "../http/client.ts";
import { COMMON, FAILURES } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { Foreign } from "./name.tsx";
import { durationText, useNow } from "./time.tsx";
import type { Read } from "./use-answer.ts";

export function Failure({
  failure,
  isDoubtTold = false,
  children,
}: {
  readonly failure: ConsoleError;
  /** What it means that the request may have been carried out is told elsewhere. */
  readonly isDoubtTold?: boolean;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="notice bad" role="alert">
      <p>
        <strong>{say(FAILURES[failure.kind])}</strong>
      </p>
      {failure.message === "" ? null : (
        <p lang="en">
          <Foreign text={failure.message} />
        </p>
      )}
      {failure.maybeDone && !isDoubtTold ? <p>{say(FAILURES.maybeDone)}</p> : null}
      {children}
    </div>
  );
}

/** The state of a read: loading, failed, or stale. Nothing if all is well. */
export function ReadState({ read }: { readonly read: Omit<Read<unknown>, "set"> }) {
  const { data, failure, isReading, readAtMs, reload } = read;
  if (failure)
    return (
      <>
        <Failure failure={failure}>
          <button type="button" onClick={() => void reload()} disabled={isReading}>
            {say(COMMON.retry)}
          </button>
        </Failure>
        {data === undefined || readAtMs === undefined ? null : <Stale readAtMs={readAtMs} />}
      </>
    );
  return data === undefined ? <p class="muted">{say(COMMON.loading)}</p> : null;
}

/** Beside the alert, which a screen reader would read again each time the age changes. */
function Stale({ readAtMs }: { readonly readAtMs: number }) {
  const now = useNow();
  return <p class="stale">{say(FAILURES.stale, { time: durationText(now - readAtMs) })}</p>;
}
