/** A case with everything that a person needs to decide. */
import type { ComponentChildren } from "preact";
import type { ReviewCase } from "../../lib/operator/contract/response-schema.ts";
import { ACTIONS } from "../i18n/common.ts";
import { say, sayWord } from "../i18n/say.ts";
import { Foreign, StreamName } from "../ui/name.tsx";
import { durationText, Time, useNow } from "../ui/time.tsx";
import { Orders, Quote, Remark, Reports, Until, VerdictText } from "./case-parts.tsx";
import { CASE } from "./case-texts.ts";
import { Evidence } from "./evidence.tsx";
import { TimeLeftText } from "./time-left.tsx";
import { personText, reportedText, waitsText, wayOf } from "./words.ts";

interface CaseViewProps {
  readonly shown: ReviewCase;
  readonly readAtMs: number;
}

export function CaseView({ shown, readAtMs }: CaseViewProps) {
  const { stream, issues = [], words, secondOpinion, verdict, notes, earlierVerdicts, decision } = shown;
  const way = wayOf(shown);
  return (
    <>
      <p class="case-head">
        {shown.urgent ? <strong class="bad">{say(CASE.urgent)}</strong> : null}
        <TimeLeftText row={shown} readAtMs={readAtMs} />
        <Foreign text={reportedText(shown)} />
      </p>
      {verdict ? (
        <Section title={say(CASE.verdict)}>
          <VerdictText verdict={verdict} />
        </Section>
      ) : null}
      {words === undefined ? null : (
        <Section title={say(shown.appealed ? CASE.appealWords : CASE.words)}>
          <Quote text={words} />
        </Section>
      )}
      <dl class="facts">
        {stream ? (
          <Fact name={say(CASE.stream)}>
            <StreamName stream={stream} />
          </Fact>
        ) : null}
        {shown.live ? (
          <Fact name={say(CASE.live)}>
            <LiveText live={shown.live} />
          </Fact>
        ) : null}
        <Fact name={say(CASE.waits)}>
          <Foreign text={waitsText(shown)} />
        </Fact>
        {shown.appealed ? (
          <Fact name={say(CASE.appealed)}>
            <Appealed appealed={shown.appealed} />
          </Fact>
        ) : null}
        {decision ? (
          <Fact name={say(CASE.heldAction)}>
            <strong>
              <Foreign text={sayWord(ACTIONS, decision.action)} />
            </strong>
            <Until at={decision.resumeTime} />{" "}
            <small class="muted" lang="en">
              <Foreign text={decision.because} />
            </small>
          </Fact>
        ) : null}
        <Fact name={say(CASE.received)}>
          <Time at={shown.receivedAt} />
        </Fact>
        {shown.dueAt === undefined ? null : (
          <Fact name={say(CASE.due)}>
            <Time at={shown.dueAt} />
          </Fact>
        )}
        <Fact name={say(CASE.key)}>
          <span class="mono">
            <Foreign text={shown.key} />
          </span>
        </Fact>
      </dl>
      {issues.length > 0 ? (
        <Section title={say(CASE.invalid)}>
          {issues.map(({ pointer, message }) => (
            <Quote key={pointer} text={`${pointer || say(CASE.theMessage)}: ${message}`} />
          ))}
        </Section>
      ) : null}
      {shown.evidence?.length ? (
        <Section title={say(CASE.evidence)}>
          <Evidence key={shown.key} shown={shown} />
        </Section>
      ) : null}
      {notes.length > 0 ? (
        <Section title={say(CASE.notes)}>
          {notes.map(({ by, at, text }) => (
            <Remark key={`${by} ${at}`} head={personText(by)} at={at} text={text} />
          ))}
        </Section>
      ) : null}
      {secondOpinion ? (
        <Section title={say(CASE.opinion)}>
          <Remark
            head={say(CASE.opinionAsked, { who: personText(secondOpinion.by) })}
            at={secondOpinion.at}
            text={secondOpinion.reason}
          />
        </Section>
      ) : null}
      {earlierVerdicts.length > 0 ? (
        <Section title={say(CASE.earlier)}>
          {earlierVerdicts.map((each) => (
            <VerdictText key={each.at} verdict={each} />
          ))}
        </Section>
      ) : null}
      {way.length > 0 ? (
        <Section title={say(CASE.steps)}>
          {shown.policyChanged ? <p class="warn">{say(CASE.policyChanged)}</p> : null}
          <ol lang="en" class="steps">
            {way.map((step) => (
              <li key={step}>
                <Foreign text={step} />
              </li>
            ))}
          </ol>
        </Section>
      ) : null}
      {shown.reports?.length ? (
        <Section title={say(CASE.reports)}>
          <Reports reports={shown.reports} />
        </Section>
      ) : null}
      {shown.orders?.length ? (
        <Section title={say(CASE.orders)}>
          <Orders orders={shown.orders} />
        </Section>
      ) : null}
    </>
  );
}

function Appealed({ appealed }: { readonly appealed: NonNullable<ReviewCase["appealed"]> }) {
  const { number, action, resumeTime, placedAt, by, reason, decidedBy } = appealed;
  const deciders = decidedBy.map(personText).join(", ");
  return (
    <>
      <Foreign text={say(CASE.appealedBy, { number: `${number}`, who: personText(by) })} />{" "}
      <strong>
        <Foreign text={sayWord(ACTIONS, action)} />
      </strong>
      <Until at={resumeTime} /> (<Time at={placedAt} />)
      <Quote text={reason} />
      {decidedBy.length === 0 ? null : (
        <small class="warn">
          <Foreign text={say(CASE.appealDeciders, { who: deciders })} />
        </small>
      )}
    </>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function LiveText({ live }: { readonly live: NonNullable<ReviewCase["live"]> }) {
  const now = useNow();
  const { state, since, clientAddress, why } = live;
  if (state !== "live") {
    const text = state === "not-listed" ? say(CASE.notListed) : state === "unknown" ? say(CASE.liveUnknown) : state;
    return (
      <span class={state === "not-listed" ? "" : "warn"}>
        <Foreign text={text} />{" "}
        {why === undefined ? null : (
          <small class="muted" lang="en">
            <Foreign text={why} />
          </small>
        )}
      </span>
    );
  }
  const sinceMs = Date.parse(since ?? "");
  const head = Number.isNaN(sinceMs) ? say(CASE.liveOnly) : say(CASE.liveSince, { time: durationText(now - sinceMs) });
  return (
    <span>
      <strong class="on-air">{head}</strong>{" "}
      <Foreign text={clientAddress ? say(CASE.liveFrom, { address: clientAddress }) : ""} />
    </span>
  );
}
