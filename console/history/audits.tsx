/** The chain entries of a day, and the page of each audit: in a frame that can do nothing, or in a tab of its own. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../app-context.ts";
import { ConsoleError } from "../http/client.ts";
import type { AuditPageAnswer, AuditRow, AuditsAnswer } from "../http/protocol.ts";
import { count, say } from "../i18n/say.ts";
import { Failure, ReadState } from "../ui/failure.tsx";
import { Foreign } from "../ui/name.tsx";
import { instantText, Time } from "../ui/time.tsx";
import { type Load, useAnswer } from "../ui/use-answer.ts";
import { Wide } from "../ui/wide.tsx";
import { Gaps } from "./gaps.tsx";
import { AUDITS } from "./texts.ts";

interface Shown {
  readonly audit: AuditRow;
  readonly answer: AuditPageAnswer;
}

export function Audits({ day }: { readonly day: string }) {
  const { client } = useApp();
  const load = useCallback<Load<AuditsAnswer>>(
    ({ signal }) => client.post<AuditsAnswer>("/api/audits", { day }, { signal }),
    [client, day],
  );
  const read = useAnswer(load);
  const [shown, setShown] = useState<Shown>();
  const [failure, setFailure] = useState<ConsoleError>();

  async function openPage(audit: AuditRow, inTab: boolean): Promise<void> {
    setFailure(undefined);
    try {
      const answer = await client.post<AuditPageAnswer>("/api/audit-page", { object: audit.page });
      if (inTab && answer.path !== undefined) open(answer.path, "_blank", "noopener");
      else setShown({ audit, answer });
    } catch (error) {
      setFailure(error instanceof ConsoleError ? error : new ConsoleError("failed", String(error)));
    }
  }
  const { audits = [], gaps = [] } = read.data ?? {};
  return (
    <section aria-labelledby="audits">
      <h2 id="audits">{say(AUDITS.title)}</h2>
      <ReadState read={read} />
      <Gaps gaps={gaps} />
      {read.data && audits.length === 0 ? <p>{say(AUDITS.none)}</p> : null}
      {audits.length === 0 ? null : (
        <Wide label={say(AUDITS.title)}>
          <table class="audits">
            <thead>
              <tr>
                <th scope="col">{say(AUDITS.number)}</th>
                <th scope="col">{say(AUDITS.slot)}</th>
                <th scope="col">{say(AUDITS.lists)}</th>
                <th scope="col">{say(AUDITS.drift)}</th>
                <th scope="col">{say(AUDITS.page)}</th>
              </tr>
            </thead>
            <tbody>
              {audits.map((audit) => (
                <Row key={audit.number} audit={audit} onOpen={(inTab) => void openPage(audit, inTab)} />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      {failure ? <Failure failure={failure} /> : null}
      {shown ? <Page key={shown.answer.path} {...shown} /> : null}
    </section>
  );
}

interface RowProps {
  readonly audit: AuditRow;
  readonly onOpen: (inTab: boolean) => void;
}

function Row({ audit, onOpen }: RowProps) {
  const { number, kind, slot, isScheduled, sha256, lists, drift, lacks, page } = audit;
  return (
    <tr>
      <th scope="row" title={`SHA-256 ${sha256}`}>
        {count(number)}
      </th>
      <td>
        <Time at={slot} /> {isScheduled ? null : <small class="muted">{say(AUDITS.byPerson)}</small>}
      </td>
      <td>
        {kind === "missed" ? <strong class="warn">{say(AUDITS.missed)}</strong> : null}
        {kind === "rotation" ? say(AUDITS.rotation) : null}
        {lists.map((list) => (
          <div key={list.domain}>
            {count(list.count)} <Foreign text={list.domain} />{" "}
            {list.isComplete ? null : <strong class="warn">{say(AUDITS.incompleteList)}</strong>}
          </div>
        ))}
        {lacks.length === 0 ? null : (
          <span class="warn">
            <Foreign text={say(AUDITS.lacks, { parts: lacks.join(", ") })} />
          </span>
        )}
      </td>
      <td>
        {kind !== "audit" ? null : drift === undefined ? (
          <span class="warn">{say(AUDITS.notLooked)}</span>
        ) : (
          <span class={drift > 0 ? "warn" : ""}>{count(drift)}</span>
        )}
      </td>
      <td>
        {page === undefined ? null : (
          <span class="buttons">
            <button type="button" onClick={() => onOpen(false)}>
              {say(AUDITS.openPage)}
              <span class="hidden"> {slot}</span>
            </button>
            <button type="button" class="link" onClick={() => onOpen(true)}>
              {say(AUDITS.openTab)}
              <span class="hidden"> {slot}</span>
            </button>
          </span>
        )}
      </td>
    </tr>
  );
}

function Page({ audit, answer: { path, gaps } }: Shown) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const title = say(AUDITS.pageOf, { time: instantText(audit.slot) });
  return (
    <>
      <h3 ref={heading} tabIndex={-1}>
        {title}
      </h3>
      {path === undefined ? <p class="bad">{say(AUDITS.notShown)}</p> : null}
      <Gaps gaps={gaps} />
      {path === undefined ? null : <iframe class="audit-page" sandbox="" src={path} title={title} />}
    </>
  );
}
