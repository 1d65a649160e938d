/** Since when something is as it is, by whom, and why. */
import { personOf } from "../../lib/core/person-name.ts";
import { say } from "../i18n/say.ts";
import { Foreign } from "../ui/name.tsx";
import { Time, useNow } from "../ui/time.tsx";
import { SOURCES } from "./texts.ts";

interface Changed {
  readonly changedAt?: string;
  readonly changedBy?: string;
  readonly reason?: string;
}

export function WhoChanged({ change: { changedAt, changedBy, reason } }: { readonly change: Changed }) {
  const now = useNow(10_000);
  if (changedAt === undefined) return null;
  return (
    <p class="small">
      {say(SOURCES.since)} <Time at={changedAt} now={now} />
      {changedBy === undefined ? null : (
        <span title={changedBy}>
          , {say(SOURCES.by)} <Foreign text={personOf(changedBy)} />
        </span>
      )}
      {reason === undefined ? null : (
        <>
          , {say(SOURCES.because)} <Foreign text={reason} />
        </>
      )}
    </p>
  );
}
