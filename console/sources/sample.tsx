/** The share of actions that people look at afterwards. */
import { useState } from "preact/hooks";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { ConsoleError } from "../http/client.ts";
import { percent, say } from "../i18n/say.ts";
import { AskReason } from "../ui/ask-reason.tsx";
import { shareOf } from "./figures.ts";
import { SAMPLE } from "./texts.ts";
import { WhoChanged } from "./who-changed.tsx";

interface SampleProps {
  readonly sample: NonNullable<OperatorResponse["mode"]>["sample"];
  readonly onChanged: (answer: OperatorResponse) => void;
}

export function Sample({ sample, onChanged }: SampleProps) {
  const [isAsking, setIsAsking] = useState(false);
  return (
    <section aria-labelledby="sample">
      <h2 id="sample">{say(SAMPLE.title)}</h2>
      <p>{sample && sample.share > 0 ? say(SAMPLE.share, { share: percent(sample.share) }) : say(SAMPLE.none)}</p>
      {sample ? <WhoChanged change={sample} /> : null}
      <button type="button" onClick={() => setIsAsking(true)}>
        {say(SAMPLE.change)}
      </button>
      {isAsking ? <AskSample sample={sample} onChanged={onChanged} onClose={() => setIsAsking(false)} /> : null}
    </section>
  );
}

function AskSample({ sample, onChanged, onClose }: SampleProps & { readonly onClose: () => void }) {
  const { client } = useApp();
  const [text, setText] = useState(`${Math.round((sample?.share ?? 0) * 1e6) / 1e4}`);
  return (
    <AskReason
      title={say(SAMPLE.ask)}
      action={say(SAMPLE.act)}
      onClose={onClose}
      onGiven={async ({ reason, id, isAgain }) => {
        const share = shareOf(text);
        if (share === undefined) throw new ConsoleError("invalid", say(SAMPLE.invalid));
        if (!isAgain) await client.ask({ action: "sample", share, reason, dryRun: true });
        onChanged(await client.ask({ action: "sample", share, reason, dryRun: false }, { id }));
      }}
    >
      <p>{say(SAMPLE.asks)}</p>
      <label class="field">
        <span>{say(SAMPLE.percent)}</span>
        <input
          inputMode="decimal"
          required
          autocomplete="off"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <small class="muted">{say(SAMPLE.percentHint)}</small>
      </label>
    </AskReason>
  );
}
