/** Parts of a case: what people said about it, other reports, and orders. */
import type { ReviewCase } from "../../lib/operator/contract/response-schema.ts";
import { ACTIONS } from "../i18n/common.ts";
import { say, sayWord } from "../i18n/say.ts";
import { linkTo } from "../route.ts";
import { Foreign } from "../ui/name.tsx";
import { relativeText, Time, useNow } from "../ui/time.tsx";
import { CASE } from "./case-texts.ts";
import { ageText, categoryText, personText, scoreText } from "./words.ts";

const VERDICTS = { approved: CASE.approved, rejected: CASE.rejected };

export function Remark({ head, at, text }: { readonly head: string; readonly at: string; readonly text: string }) {
  return (
    <div class="remark">
      <p>
        <Foreign text={head} /> <Ago at={at} />
      </p>
      <Quote text={text} />
    </div>
  );
}

/** The words of others, line by line. */
export function Quote({ text }: { readonly text: string }) {
  const lines = text.split(/\r\n|\n/);
  const shown = lines.filter((line, index) => line.trim() !== "" || lines[index - 1]?.trim() !== "");
  return (
    <blockquote>
      {shown.map((line, index) => (
        <p key={`${index} ${line}`}>
          <Foreign text={line} />
        </p>
      ))}
    </blockquote>
  );
}

/** Of a disable. */
export function Until({ at }: { readonly at: string | undefined }) {
  if (at === undefined) return null;
  return (
    <>
      {" "}
      {say(CASE.until)} <Time at={at} />
    </>
  );
}

function Ago({ at }: { readonly at: string }) {
  const now = useNow(30_000);
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return <Foreign text={at} />;
  return (
    <time class="muted" dateTime={new Date(ms).toISOString()}>
      {relativeText(ms, now)}
    </time>
  );
}

type AnyVerdict = NonNullable<ReviewCase["verdict"]> & Pick<ReviewCase["earlierVerdicts"][number], "takenBack">;

/** A verdict that stands, or one that was taken back. */
export function VerdictText({ verdict }: { readonly verdict: AnyVerdict }) {
  const { action, resumeTime, orderId, takenBack } = verdict;
  const head = say(CASE.verdictBy, { verdict: sayWord(VERDICTS, verdict.verdict), who: personText(verdict.by) });
  return (
    <>
      <Remark head={head} at={verdict.at} text={verdict.reason} />
      {action === undefined ? null : (
        <p>
          <Foreign text={sayWord(ACTIONS, action)} /> <Until at={resumeTime} />{" "}
          {orderId === undefined ? null : (
            <span class="mono">
              <Foreign text={orderId} />
            </span>
          )}
        </p>
      )}
      {takenBack ? (
        <Remark
          head={say(CASE.takenBack, { who: personText(takenBack.by) })}
          at={takenBack.at}
          text={takenBack.reason}
        />
      ) : null}
    </>
  );
}

export function Reports({ reports }: { readonly reports: NonNullable<ReviewCase["reports"]> }) {
  return (
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th scope="col">{say(CASE.category)}</th>
            <th scope="col">{say(CASE.scoreHead)}</th>
            <th scope="col">{say(CASE.when)}</th>
            <th scope="col">{say(CASE.outcome)}</th>
            <th scope="col">{say(CASE.key)}</th>
          </tr>
        </thead>
        <tbody>
          {reports.map(({ key, category, score, ageMinutes, outcome, verdict }) => (
            <tr key={key}>
              <td>
                <Foreign text={categoryText(category)} />
              </td>
              <td class="n">{score === undefined ? null : scoreText(score)}</td>
              <td>{ageText(ageMinutes)}</td>
              <td>
                <Foreign text={verdict === undefined ? (outcome ?? "") : sayWord(VERDICTS, verdict)} />
              </td>
              <td>
                <a href={linkTo("review", "case", key)} class="mono">
                  <Foreign text={key} />
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Orders({ orders }: { readonly orders: NonNullable<ReviewCase["orders"]> }) {
  return (
    <ol class="orders">
      {orders.map(({ number, action, outcome, placedAt, by, orderId, resumeTime, reason }) => (
        <li key={number} value={number}>
          <strong>
            <Foreign text={sayWord(ACTIONS, action)} />
          </strong>
          <Until at={resumeTime} /> · <Foreign text={outcome ?? say(CASE.inProgress)} /> · <Ago at={placedAt} /> ·{" "}
          <Foreign text={personText(by)} />{" "}
          {orderId === undefined ? null : (
            <small class="mono muted">
              <Foreign text={orderId} />
            </small>
          )}
          <Quote text={reason} />
        </li>
      ))}
    </ol>
  );
}
