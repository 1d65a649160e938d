/** Everything about one period: why, by whom, how it ended, and the objects that prove it. */
import type { ComponentChildren } from "preact";
import type { HistoryPeriod } from "../http/protocol.ts";
import { COMMON } from "../i18n/common.ts";
import { say, sayWord } from "../i18n/say.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Foreign, StreamName } from "../ui/name.tsx";
import { Time } from "../ui/time.tsx";
import { ENDED, HISTORY, REVIEWS } from "./texts.ts";

interface PeriodProps {
  readonly period: HistoryPeriod;
  readonly onClose: () => void;
}

export function Period({ period, onClose }: PeriodProps) {
  const { decidedBy, approvedBy, reason, category, policy, order, outcome, untilBy, endedBy } = period;
  const { listed, remarks, evidence, review, unattributed } = period;
  return (
    <Dialog title={say(HISTORY.details)} onClose={onClose}>
      <p>
        <StreamName stream={period} />
      </p>
      <dl class="facts">
        <Fact title={say(HISTORY.from)}>
          <From period={period} />
        </Fact>
        <Fact title={say(HISTORY.until)}>
          {period.until === null ? say(HISTORY.noEnd) : <Time at={period.until} />}
          {untilBy === null ? null : <span>, {sayWord(ENDED, untilBy)}</span>}
        </Fact>
        <Fact title={say(HISTORY.decided)}>
          {decidedBy === null ? (
            <span class="warn">{unattributed === null ? say(HISTORY.notOffair) : <Foreign text={unattributed} />}</span>
          ) : (
            <Foreign text={decidedBy} />
          )}
        </Fact>
        {approvedBy === null ? null : <Fact title={say(HISTORY.approved)}>{<Foreign text={approvedBy} />}</Fact>}
        {reason === null ? null : <Fact title={say(HISTORY.why)}>{<Foreign text={reason} />}</Fact>}
        {category === null ? null : <Fact title={say(HISTORY.category)}>{<Foreign text={category} />}</Fact>}
        <Report period={period} />
        {review ? (
          <Fact title={say(REVIEWS.title)}>
            {sayWord(REVIEWS, review.state)}: {say(REVIEWS.due)} <Time at={review.dueAt} />
            {review.decidedAt === undefined ? null : (
              <>
                , {say(REVIEWS.verdict)} <Time at={review.decidedAt} />
              </>
            )}
          </Fact>
        ) : null}
        {policy === null ? null : (
          <Fact title={say(HISTORY.policy)}>
            <code>{policy}</code>
          </Fact>
        )}
        {order === null ? null : (
          <Fact title={say(HISTORY.order)}>
            {say(HISTORY.orderNumber, { number: `${order}`, outcome: outcome ?? say(COMMON.unknown) })}
          </Fact>
        )}
        {endedBy ? (
          <Fact title={say(HISTORY.ended)}>
            <Time at={endedBy.at} />, {say(HISTORY.endedBy, { number: `${endedBy.order}` })}{" "}
            <Foreign text={endedBy.by} />: <Foreign text={endedBy.reason} />
          </Fact>
        ) : null}
        {listed ? (
          <Fact title={say(HISTORY.listed)}>
            {say(HISTORY.listedTimes, { n: listed.times })}: <Time at={listed.first} /> – <Time at={listed.last} />
          </Fact>
        ) : null}
        {remarks.map((remark) => (
          <Fact title={say(HISTORY.remarks)}>
            <span class="warn" lang="en">
              <Foreign text={remark} />
            </span>
          </Fact>
        ))}
        <Fact title={say(HISTORY.objects)}>
          <Names names={evidence.objects} />
        </Fact>
        {evidence.reported.length === 0 ? null : (
          <Fact title={say(HISTORY.reported)}>
            <Names
              names={evidence.reported.map(({ url, sha256 }) => `${url}${sha256 ? ` (SHA-256 ${sha256})` : ""}`)}
            />
          </Fact>
        )}
      </dl>
      <p class="buttons">
        <button type="button" onClick={onClose}>
          {say(COMMON.close)}
        </button>
      </p>
    </Dialog>
  );
}

export const From = ({ period: { from, fromBy } }: { readonly period: HistoryPeriod }) => (
  <>
    {fromBy === "listed-before" ? "< " : ""}
    <Time at={from} />
  </>
);

function Fact({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Report({ period: { source, grade, cause } }: { readonly period: HistoryPeriod }) {
  const words = [cause, source, grade && `grade ${grade}`].filter((word) => word);
  if (words.length === 0) return null;
  return (
    <Fact title={say(HISTORY.report)}>
      <Foreign text={words.join(", ")} />
    </Fact>
  );
}

/** Names of objects and links that others wrote: only text. */
function Names({ names }: { readonly names: readonly string[] }) {
  return (
    <ul class="names">
      {names.map((each) => (
        <li key={each}>
          <code>
            <Foreign text={each} />
          </code>
        </li>
      ))}
    </ul>
  );
}
