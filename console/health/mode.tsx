/** The mode, and the question before it is changed. */
import { useState } from "preact/hooks";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { say } from "../i18n/say.ts";
import { linkTo } from "../route.ts";
import { WhoChanged } from "../sources/who-changed.tsx";
import { AskReason } from "../ui/ask-reason.tsx";
import { Foreign } from "../ui/name.tsx";
import { MODE } from "./texts.ts";

interface ModeProps {
  readonly mode: NonNullable<OperatorResponse["mode"]>;
  readonly onChanged: (answer: OperatorResponse) => void;
}

export function Mode({ mode: record, onChanged }: ModeProps) {
  const { client, tell } = useApp();
  const [isAsking, setIsAsking] = useState(false);
  const { mode: current, frozen = {} } = record;
  const mode = current === "enforce" ? "observe" : "enforce";
  const n = Object.keys(frozen).length;
  return (
    <section aria-labelledby="mode">
      <h2 id="mode">{say(MODE.title)}</h2>
      <p>
        <strong class={current === "enforce" ? "good" : "warn"}>
          {current === "enforce" || current === "observe" ? say(MODE[current]) : <Foreign text={current} />}
        </strong>
      </p>
      <WhoChanged change={record} />
      {n === 0 ? null : (
        <p>
          <a href={linkTo("sources")}>{say(MODE.frozen, { n })}</a>
        </p>
      )}
      <button type="button" onClick={() => setIsAsking(true)}>
        {say(MODE.change, { mode })}
      </button>
      {isAsking ? (
        <AskReason
          title={say(MODE.title2, { mode })}
          action={say(MODE.act)}
          isDangerous
          onClose={() => setIsAsking(false)}
          onGiven={async ({ reason, id, isAgain }) => {
            if (!isAgain) await client.ask({ action: "mode", mode, reason, dryRun: true });
            const answer = await client.ask({ action: "mode", mode, reason, dryRun: false }, { id });
            onChanged(answer);
            tell(say(MODE.changed, { mode: answer.mode?.mode ?? mode }));
          }}
        >
          <p>
            <strong>{say(mode === "enforce" ? MODE.askEnforce : MODE.askObserve)}</strong>
          </p>
          <p>
            <label>
              <input type="checkbox" required /> {say(mode === "enforce" ? MODE.yesEnforce : MODE.yesObserve)}
            </label>
          </p>
        </AskReason>
      ) : null}
    </section>
  );
}
