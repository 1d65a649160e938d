/** The export for an auditor: a tar to download, and what is sent beside it. */
import { useState } from "preact/hooks";
import { useApp } from "../app-context.ts";
import { ConsoleError } from "../http/client.ts";
import type { ExportAnswer } from "../http/protocol.ts";
import { count, say } from "../i18n/say.ts";
import { Failure } from "../ui/failure.tsx";
import { Progress } from "../ui/progress.tsx";
import { Time } from "../ui/time.tsx";
import { Gaps } from "./gaps.tsx";
import { verifyCommand } from "./periods.ts";
import { EXPORT } from "./texts.ts";

export function Export({ day }: { readonly day: string }) {
  const { client } = useApp();
  const [from, setFrom] = useState(day);
  const [to, setTo] = useState(day);
  const [isMaking, setIsMaking] = useState(false);
  const [failure, setFailure] = useState<ConsoleError>();
  const [made, setMade] = useState<ExportAnswer>();

  async function make(): Promise<void> {
    setIsMaking(true);
    setFailure(undefined);
    setMade(undefined);
    try {
      setMade(await client.post<ExportAnswer>("/api/export", { from, to }));
    } catch (error) {
      setFailure(error instanceof ConsoleError ? error : new ConsoleError("failed", String(error)));
    } finally {
      setIsMaking(false);
    }
  }
  return (
    <section aria-labelledby="export">
      <h2 id="export">{say(EXPORT.title)}</h2>
      <p>{say(EXPORT.about)}</p>
      <form
        class="bar"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <label class="field">
          <span>{say(EXPORT.from)}</span>
          <input type="date" required value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
        </label>
        <label class="field">
          <span>{say(EXPORT.to)}</span>
          <input type="date" required min={from} value={to} onInput={(event) => setTo(event.currentTarget.value)} />
        </label>
        <button type="submit" disabled={isMaking}>
          {say(EXPORT.act)}
        </button>
      </form>
      {isMaking ? <Progress text={EXPORT.making} /> : null}
      {failure ? <Failure failure={failure} /> : null}
      {made ? <Made made={made} /> : null}
    </section>
  );
}

function Made({ made }: { readonly made: ExportAnswer }) {
  const { path, name, objects, bytes, numbers, rotations, slots, last, gaps } = made;
  return (
    <>
      <Gaps gaps={gaps} />
      <p role="status">{say(EXPORT.made, { n: objects, bytes: count(bytes) })}</p>
      <p>
        <a class="download" href={path} download={name}>
          {say(EXPORT.download, { name })}
        </a>{" "}
        <small class="muted">{say(EXPORT.again)}</small>
      </p>
      <div class="notice">
        <p>
          <strong>{say(EXPORT.beside)}</strong>
        </p>
        <dl class="facts">
          <dt>{say(EXPORT.head)}</dt>
          <dd>
            <code>{last.sha256}</code>
          </dd>
          <dt>{say(EXPORT.key)}</dt>
          <dd>
            <code>{last.keyId}</code>
          </dd>
          <dt>{say(EXPORT.entries)}</dt>
          <dd>{say(EXPORT.entriesText, { first: `${numbers.first}`, last: `${numbers.last}`, n: rotations })}</dd>
          <dt>{say(EXPORT.hours)}</dt>
          <dd>
            <Time at={slots.from} /> – <Time at={slots.until} />
          </dd>
          <dt>{say(EXPORT.verify)}</dt>
          <dd>
            <code>{verifyCommand(made)}</code>
            <br />
            <small class="muted">{say(EXPORT.keyHint)}</small>
          </dd>
        </dl>
      </div>
    </>
  );
}
