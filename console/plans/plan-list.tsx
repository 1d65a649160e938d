/** Plans, batches and requests, newest first, each with its state and whose turn it is. */
import { useCallback, useState } from "preact/hooks";
import { personOf } from "../../lib/core/person-name.ts";
import { formatStream } from "../../lib/core/stream-name.ts";
import type { OrderRow } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { COMMON } from "../i18n/common.ts";
import { PAGE_NAMES } from "../i18n/pages.ts";
import { percent, say, sayWord } from "../i18n/say.ts";
import { linkTo } from "../route.ts";
import { ReadState } from "../ui/failure.tsx";
import { Foreign } from "../ui/name.tsx";
import { Time, useNow } from "../ui/time.tsx";
import { type Load, useAnswer } from "../ui/use-answer.ts";
import { actText } from "./question.ts";
import { selectorParts } from "./selector-parts.ts";
import { PLAN } from "./texts.ts";
import { NEXT, STATES, VERBS } from "./words.ts";

const EVERY_MS = 30_000;
const ROWS = 20;
const reason = "offair console";
const PREFIX = /^op-[0-9a-f-]{4,36}$/;

interface Listed {
  readonly rows: readonly OrderRow[];
  readonly hasMore: boolean;
}

export function PlanList() {
  const { client } = useApp();
  const [asked, setAsked] = useState({ by: "", prefix: "" });
  const [typed, setTyped] = useState(asked);
  const [pages, setPages] = useState(1);
  const { by, prefix } = asked;
  const load = useCallback<Load<Listed>>(
    async (how) => {
      const rows: OrderRow[] = [];
      let after: string | undefined;
      for (let page = 0; page === 0 || (page < pages && after !== undefined); page++) {
        const narrow = { ...(by !== "" && { by }), ...(prefix !== "" && { prefix }), ...(after && { after }) };
        const answer = await client.ask({ action: "plans", reason, limit: ROWS, ...narrow }, how);
        rows.push(...(answer.orders ?? []));
        after = answer.next;
      }
      return { rows, hasMore: after !== undefined };
    },
    [client, by, prefix, pages],
  );
  const read = useAnswer(load, { everyMs: EVERY_MS });
  const now = useNow(10_000);
  const { data } = read;
  return (
    <>
      <p class="muted">{say(PLAN.intro)}</p>
      <form
        class="bar"
        aria-label={say(COMMON.filter)}
        onSubmit={(event) => {
          event.preventDefault();
          setPages(1);
          setAsked({ by: typed.by.trim(), prefix: typed.prefix.trim().toLowerCase() });
        }}
      >
        <label class="field">
          <span>{say(PLAN.by)}</span>
          <input
            autocomplete="off"
            placeholder={say(PLAN.byHint)}
            value={typed.by}
            onInput={(event) => setTyped({ ...typed, by: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>{say(PLAN.prefix)}</span>
          <input
            autocomplete="off"
            placeholder={say(PLAN.prefixHint, { example: "op-1234" })}
            pattern={PREFIX.source}
            title={say(PLAN.prefixWrong, { begin: "op-" })}
            value={typed.prefix}
            onInput={(event) => setTyped({ ...typed, prefix: event.currentTarget.value })}
          />
        </label>
        <button type="submit">{say(PLAN.filterAct)}</button>
      </form>
      <ReadState read={read} />
      {data && data.rows.length === 0 ? <p>{say(PLAN.nothing)}</p> : null}
      {data && data.rows.length > 0 ? (
        <div class="wide">
          <table class="plans" aria-label={say(PAGE_NAMES.plans)}>
            <thead>
              <tr>
                {[PLAN.id, PLAN.state, PLAN.what, PLAN.next, PLAN.made, PLAN.who, PLAN.because, PLAN.streamsCell].map(
                  (title) => (
                    <th scope="col">{say(title)}</th>
                  ),
                )}
              </tr>
            </thead>
            <tbody>
              {data.rows.map((row) => (
                <Row key={row.orderId} {...{ row, now }} />
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      <p class="buttons">
        {data?.hasMore ? (
          <button type="button" onClick={() => setPages(pages + 1)} disabled={read.isReading}>
            {say(PLAN.older)}
          </button>
        ) : null}
        <button type="button" onClick={() => void read.reload()} disabled={read.isReading}>
          {say(COMMON.reload)}
        </button>
      </p>
    </>
  );
}

const DIGITS = 11;

function Row({ row, now }: { readonly row: OrderRow; readonly now: number }) {
  const { orderId, state, action, count: n = 0, madeAt, requestedBy, reason: because } = row;
  return (
    <tr>
      <th scope="row">
        <a href={linkTo("plans", orderId)} class="mono id" title={orderId} aria-label={orderId}>
          {orderId.slice(0, DIGITS)}
        </a>
      </th>
      <td class={`state ${state}`} title={Object.hasOwn(NEXT, state) ? sayWord(NEXT, state) : undefined}>
        {stateText(row)}
      </td>
      <td>{action === undefined ? "–" : actText(action, n)}</td>
      <td>
        {Object.hasOwn(VERBS, state) ? sayWord(VERBS, state) : "–"}
        {state === "waiting-for-approval" ? ` (${say(PLAN.byAnother)})` : ""}
      </td>
      <td>
        <Time at={madeAt} now={now} />
      </td>
      <td class="by" title={requestedBy}>
        <Foreign text={personOf(requestedBy)} />
      </td>
      <td class="because">
        <Foreign text={because ?? ""} />
      </td>
      <td class="because">
        <Foreign text={streamsOf(row)} />
      </td>
    </tr>
  );
}

function stateText({ state, count: n = 0, left, failed = 0 }: OrderRow): string {
  const word = sayWord(STATES, state);
  if (state === "running" && left !== undefined)
    return `${word} ${percent(Math.floor((100 * (n - left)) / Math.max(1, n)) / 100)}`;
  return failed > 0 ? `${word}, ${say(PLAN.failedN, { n: failed })}` : word;
}

function streamsOf({ selector, first, count: n = 0, undoes, approves }: OrderRow): string {
  if (undoes !== undefined) return say(PLAN.undoes, { order: undoes.slice(0, DIGITS) });
  if (selector) return selectorParts(selector).join(" ");
  const report = approves === undefined ? "" : `${say(PLAN.approves, { report: approves })} `;
  if (!first) return report;
  const name = formatStream(first);
  return `${report}${n > 1 ? say(PLAN.andMore, { first: name, n: n - 1 }) : name}`;
}
