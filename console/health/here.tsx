/** What this machine knows: whether its command and its clock fit the deployment. */
import { buildText } from "../../lib/core/build-info.ts";
import { useApp } from "../app-context.ts";
import type { OperatorAnswer } from "../http/protocol.ts";
import { say } from "../i18n/say.ts";
import { Foreign } from "../ui/name.tsx";
import { durationText } from "../ui/time.tsx";
import { clockState, versionState } from "./checks.ts";
import { HEALTH } from "./texts.ts";

export function Here({ answer: { build }, aheadMs }: Pick<OperatorAnswer, "answer" | "aheadMs">) {
  const { version: own } = useApp().session;
  const other = build && buildText(build);
  const version = versionState(own, other);
  const clock = clockState(aheadMs);
  return (
    <section aria-labelledby="here">
      <h2 id="here">{say(HEALTH.here)}</h2>
      <p class={version === "same" ? "" : "notice warn"}>
        {version === "unknown" ? say(HEALTH.versionUnknown) : null}
        {version === "same" ? (
          <>
            {say(HEALTH.versionSame)} <Foreign text={own} />
          </>
        ) : null}
        {version === "other" ? (
          <>
            {say(HEALTH.versionOther)} <Foreign text={own} />; {say(HEALTH.versionThere)} <Foreign text={other ?? ""} />
            . {say(HEALTH.versionRemedy)}
          </>
        ) : null}
      </p>
      <p class={clock === "ok" ? "" : "notice warn"}>
        {clock === "ok" ? say(HEALTH.clockOk) : null}
        {clock === "unknown" ? say(HEALTH.clockUnknown) : null}
        {clock === "ahead" || clock === "behind" ? (
          <>
            {say(clock === "ahead" ? HEALTH.clockAhead : HEALTH.clockBehind, { time: durationText(aheadMs ?? 0) })}{" "}
            {say(HEALTH.clockRemedy)}
          </>
        ) : null}
      </p>
    </section>
  );
}
