/** History from the evidence: a day or a stream of a day, the audits with their pages, and the export for an auditor. */
import { useState } from "preact/hooks";
import { useApp } from "../app-context.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { goTo, type Route } from "../route.ts";
import { Audits } from "./audits.tsx";
import { Day } from "./day.tsx";
import { Export } from "./export.tsx";
import { dayOf } from "./periods.ts";
import { HISTORY } from "./texts.ts";

/** The address names the day, and then the domain and the stream: `#/history/2026-03-14/push.example.com/live%2Froom-42`. */
export function HistoryPage({ rest: [day, domain = "", stream = ""] }: Pick<Route, "rest">) {
  const { session } = useApp();
  if (!session.hasArchive) return <p class="notice warn">{say(HISTORY.noArchive)}</p>;
  return (
    <>
      <AskDay key={`${day} ${domain} ${stream}`} asked={{ day: day ?? dayOf(Date.now()), domain, stream }} />
      {day === undefined ? null : (
        <>
          <Day day={day} domain={domain} stream={stream} />
          <Audits day={day} />
        </>
      )}
      <Export key={day} day={day ?? dayOf(Date.now())} />
    </>
  );
}

interface Asked {
  readonly day: string;
  readonly domain: string;
  readonly stream: string;
}

function AskDay({ asked }: { readonly asked: Asked }) {
  const [day, setDay] = useState(asked.day);
  const [domain, setDomain] = useState(asked.domain);
  const [stream, setStream] = useState(asked.stream);
  return (
    <form
      class="bar"
      onSubmit={(event) => {
        event.preventDefault();
        goTo("history", day, domain.trim(), stream.trim());
      }}
    >
      <label class="field">
        <span>{say(HISTORY.day)}</span>
        <input type="date" required value={day} onInput={(event) => setDay(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{say(COMMON.domain)}</span>
        <input autocomplete="off" value={domain} onInput={(event) => setDomain(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{say(HISTORY.stream)}</span>
        <input
          autocomplete="off"
          title={say(HISTORY.streamHint)}
          pattern=".+/.+"
          value={stream}
          onInput={(event) => setStream(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="main">
        {say(HISTORY.show)}
      </button>
    </form>
  );
}
