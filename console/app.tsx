/** What surrounds every page: the navigation, the messages, and the end of the session. */
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type AppContext, AppProvider } from "./app-context.ts";
import { ConsoleError, createClient } from "./http/client.ts";
import type { SessionAnswer } from "./http/protocol.ts";
import { endSession, hasLink, startSession } from "./http/start-session.ts";
import { COMMON, FAILURES } from "./i18n/common.ts";
import { say } from "./i18n/say.ts";
import { PAGES } from "./pages.tsx";
import { DECISIONS } from "./review/texts.ts";
import { unsentOf, useReturned } from "./review/use-desk.ts";
import { goTo, linkTo, routeOf, useRoute } from "./route.ts";
import { Settings } from "./settings.tsx";
import { Boundary } from "./ui/boundary.tsx";
import { Failure } from "./ui/failure.tsx";
import { useKeys } from "./ui/keys.ts";
import { Foreign } from "./ui/name.tsx";

interface Message {
  readonly text: string;
  readonly kind: "good" | "bad";
}
const MESSAGE_MS = 8_000;

export function App({ session: first }: { readonly session: SessionAnswer }) {
  const [session, setSession] = useState(first);
  const [over, setOver] = useState<ConsoleError>();
  const [message, setMessage] = useState<Message>();
  const { page: name, rest } = useRoute();
  const main = useRef<HTMLElement>(null);

  const end = useCallback((failure: ConsoleError) => {
    endSession();
    setOver(failure);
  }, []);
  const client = useMemo(() => createClient(first.token, end), [first, end]);
  const tell = useCallback<AppContext["tell"]>((text, kind = "good") => setMessage({ text, kind }), []);
  const returned = useReturned(client);
  const context = useMemo(() => ({ client, session, tell }), [client, session, tell]);

  // The same client goes on, so that what it has not sent yet is sent.
  useEffect(() => {
    async function renew(): Promise<void> {
      if (!hasLink()) return;
      try {
        const next = await startSession();
        client.renew(next.token);
        setSession(next);
        setOver(undefined);
      } catch (failure) {
        if (!(failure instanceof ConsoleError)) throw failure;
        setOver((before) => before && failure); // the session of this tab is not over because a link is
      }
    }
    const opened = (): void => void renew();
    addEventListener("hashchange", opened);
    return () => removeEventListener("hashchange", opened);
  }, [client]);
  useEffect(() => {
    const timer = setTimeout(() => setMessage(undefined), MESSAGE_MS);
    return () => clearTimeout(timer);
  }, [message]);
  const shown = PAGES.find((page) => page.name === name) ?? PAGES[0];
  useEffect(() => {
    document.title = `${say(shown.title)} · offair`;
    main.current?.focus();
  }, [shown]);
  useKeys(Object.fromEntries(PAGES.map((page, index) => [`${index + 1}`, () => isDeciding() || goTo(page.name)])));

  if (over) return <Over failure={over} idleMinutes={session.idleMinutes} unsent={unsentOf(client)} />;
  return (
    <AppProvider value={context}>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {say(COMMON.skip)}
      </button>
      <header>
        <strong>offair</strong>
        <nav aria-label={say(COMMON.pages)}>
          {PAGES.map((page) => (
            <a href={linkTo(page.name)} aria-current={page === shown ? "page" : undefined}>
              {say(page.title)}
              {page.name === "review" && returned > 0 ? (
                <b class="bad"> {say(DECISIONS.returnedCount, { n: returned })}</b>
              ) : null}
            </a>
          ))}
        </nav>
        <p class="who">
          {say(COMMON.as, { who: session.who })} · <Foreign text={session.deployment} />
        </p>
        <Settings />
      </header>
      <main ref={main} tabIndex={-1}>
        <h1>{say(shown.title)}</h1>
        <Boundary key={shown.name}>
          <shown.Page rest={rest} />
        </Boundary>
      </main>
      <p class={`message ${message?.kind ?? ""}`} role="status">
        {message ? <Foreign text={message.text} /> : null}
      </p>
    </AppProvider>
  );
}

/** By the address, and not by what is drawn: there, a digit is a reason, also if it is typed before the case is shown. */
function isDeciding(): boolean {
  const { page, rest } = routeOf(location.hash);
  return page === "review" && rest.length > 0;
}

interface OverProps {
  readonly failure: ConsoleError;
  readonly idleMinutes: number;
  /** Decisions that this tab has not sent. */
  readonly unsent?: number;
}

/** There is no session, or it is over. */
export function Over({ failure, idleMinutes, unsent = 0 }: OverProps) {
  const next = failure.kind === "session" ? say(FAILURES.sessionNext, { n: idleMinutes }) : say(FAILURES.linkNext);
  return (
    <main>
      <h1>{say(COMMON.console)}</h1>
      <Failure failure={failure}>
        {failure.kind === "session" || failure.kind === "link" ? <p>{next}</p> : null}
        {unsent > 0 ? <p>{say(FAILURES.unsent, { n: unsent })}</p> : null}
      </Failure>
    </main>
  );
}
