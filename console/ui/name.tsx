/** Text that others wrote: invisible characters are shown as escapes, and its direction does not reach what surrounds it. */
import { visibleTurns } from "../../lib/core/escape-invisible.ts";
import type { Stream } from "../../lib/core/stream.ts";

export function Foreign({ text }: { readonly text: string }) {
  const turns = visibleTurns(text);
  if (turns.length === 1) return <bdi class="name">{text}</bdi>;
  return (
    <bdi class="name">{turns.map((turn, index) => (index % 2 === 1 ? <span class="esc">{turn}</span> : turn))}</bdi>
  );
}

/** With the name first, because it is what differs. */
export function StreamName({ stream: { domain, app, stream } }: { readonly stream: Stream }) {
  return (
    <span class="stream">
      <Foreign text={stream} />{" "}
      <small class="muted">
        <Foreign text={`${domain}/${app}`} />
      </small>
    </span>
  );
}
