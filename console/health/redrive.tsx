/** Sends dead letters back to their queue: first they are shown with their reasons, then a person says what was repaired. */
import { useCallback, useState } from "preact/hooks";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { AskReason } from "../ui/ask-reason.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ReadState } from "../ui/failure.tsx";
import { Foreign } from "../ui/name.tsx";
import { type Load, useAnswer } from "../ui/use-answer.ts";
import { REDRIVE } from "./texts.ts";

const QUEUES = ["urgent", "bulk"] as const;
type Queue = (typeof QUEUES)[number];
type Letters = NonNullable<OperatorResponse["redriven"]>;

export function Redrive({ onDone }: { readonly onDone: () => void }) {
  const [open, setOpen] = useState<Queue>();
  return (
    <section aria-labelledby="redrive">
      <h2 id="redrive">{say(REDRIVE.title)}</h2>
      <p>{say(REDRIVE.about)}</p>
      <p class="buttons">
        {QUEUES.map((queue) => (
          <button key={queue} type="button" onClick={() => setOpen(queue)}>
            {say(REDRIVE.open, { queue })}
          </button>
        ))}
      </p>
      {open ? (
        <RedriveDialog
          queue={open}
          onClose={() => {
            setOpen(undefined);
            onDone();
          }}
        />
      ) : null}
    </section>
  );
}

interface RedriveDialogProps {
  readonly queue: Queue;
  readonly onClose: () => void;
}

function RedriveDialog({ queue, onClose }: RedriveDialogProps) {
  const { client, tell } = useApp();
  const load = useCallback<Load<OperatorResponse>>(
    (how) => client.ask({ action: "redrive", queue, dryRun: true, reason: "offair console" }, how),
    [client, queue],
  );
  const read = useAnswer(load);
  const letters = read.data?.redriven ?? [];
  const n = letters.length;
  if (n === 0)
    return (
      <Dialog title={say(REDRIVE.of, { queue })} onClose={onClose}>
        {read.data ? <p role="status">{say(REDRIVE.none)}</p> : <ReadState read={read} />}
        <p class="buttons">
          <button type="button" onClick={onClose}>
            {say(COMMON.close)}
          </button>
        </p>
      </Dialog>
    );
  return (
    <AskReason
      title={say(REDRIVE.of, { queue })}
      action={say(REDRIVE.act, { n })}
      onClose={onClose}
      onGiven={async ({ reason, id }) => {
        const { redriven = [], truncated } = await client.ask(
          { action: "redrive", queue, dryRun: false, reason },
          { id },
        );
        tell(`${say(REDRIVE.done, { n: redriven.length })} ${truncated ? say(REDRIVE.remain) : ""}`);
      }}
    >
      <p>{say(REDRIVE.found, { n })}</p>
      <LetterList letters={letters} />
      {read.data?.truncated ? <p class="notice warn">{say(REDRIVE.more)}</p> : null}
      <p>{say(REDRIVE.asks)}</p>
      <p>
        <strong>{say(REDRIVE.repaired)}</strong>
      </p>
    </AskReason>
  );
}

const SHOWN = 50;

function LetterList({ letters }: { readonly letters: Letters }) {
  const more = letters.length - SHOWN;
  return (
    <>
      <ul class="changes" lang="en">
        {letters.slice(0, SHOWN).map(({ id, reason }) => (
          <li key={id}>
            <code>
              <Foreign text={id} />
            </code>{" "}
            <Foreign text={reason} />
          </li>
        ))}
      </ul>
      {more > 0 ? <p>{say(COMMON.more, { n: more })}</p> : null}
    </>
  );
}
