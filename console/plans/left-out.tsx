/** What a plan leaves out, and why: of a plan that this tab made, or the cases that got no verdict. */
import type { LeftOutCase, PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import { COMMON } from "../i18n/common.ts";
import { count, say, sayWord } from "../i18n/say.ts";
import { LEFT_OUT } from "../live/texts.ts";
import { Foreign, StreamName } from "../ui/name.tsx";
import { Time } from "../ui/time.tsx";
import { madePlan } from "./made-plans.ts";
import { PLAN } from "./texts.ts";
import { CASE_LEFT_OUT } from "./words.ts";

const SHOWN = 200;

export function LeftOut({ orderId }: { readonly orderId: string }) {
  const made = madePlan(orderId);
  return (
    <section aria-labelledby="left-out">
      <h2 id="left-out">{say(PLAN.leftOut)}</h2>
      {made ? <Skipped skipped={made.plan.skipped} /> : <p class="muted">{say(PLAN.leftOutUnknown)}</p>}
      {made?.isCut ? <p class="notice warn">{say(PLAN.leftOutCut)}</p> : null}
    </section>
  );
}

function Skipped({ skipped }: Pick<PlanResponse, "skipped">) {
  if (skipped.length === 0) return <p class="muted">{say(PLAN.leftOutNone)}</p>;
  return (
    <>
      {[...new Set(skipped.map(({ because }) => because))].map((because) => {
        const some = skipped.filter((each) => each.because === because);
        return (
          <details>
            <summary>
              {count(some.length)}: {sayWord(LEFT_OUT, because)}
            </summary>
            <ul class="plain">
              {some.slice(0, SHOWN).map(({ stream, staysOff, resumeTime }) => (
                <li>
                  <StreamName stream={stream} /> {resumeTime ? <Time at={resumeTime} /> : null}
                  {staysOff ? <StaysOff staysOff={staysOff} /> : null}
                </li>
              ))}
            </ul>
            {some.length > SHOWN ? <p>{say(COMMON.more, { n: some.length - SHOWN })}</p> : null}
          </details>
        );
      })}
    </>
  );
}

const StaysOff = ({
  staysOff: { by, until },
}: {
  readonly staysOff: NonNullable<PlanResponse["streams"][number]["staysOff"]>;
}) => (
  <small class="muted">
    <Foreign text={say(PLAN.staysUntil, { until, by })} />
  </small>
);

/** Cases of a plan of verdicts. */
export function LeftOutCases({ cases }: { readonly cases: readonly LeftOutCase[] }) {
  if (cases.length === 0) return null;
  return (
    <section aria-labelledby="left-out-cases">
      <h2 id="left-out-cases">{say(PLAN.leftOut)}</h2>
      <ul class="plain">
        {cases.slice(0, SHOWN).map(({ report, because, by }) => (
          <li>
            <Foreign text={report} />: {sayWord(CASE_LEFT_OUT, because)}{" "}
            {by === undefined ? null : <Foreign text={say(PLAN.caseBy, { by })} />}
          </li>
        ))}
      </ul>
      {cases.length > SHOWN ? <p>{say(COMMON.more, { n: cases.length - SHOWN })}</p> : null}
    </section>
  );
}
