/** What was decided in this tab, how fast, and the reminder of a break. */
import { useState } from "preact/hooks";
import { count, say } from "../i18n/say.ts";
import { useNow } from "../ui/time.tsx";
import { countsOf, isBreakDue } from "./desk/tally.ts";
import { DECISIONS } from "./texts.ts";
import { useDesk } from "./use-desk.ts";

const STORED = "offair-break-reminder";
const isWanted = (): boolean => localStorage.getItem(STORED) !== "off";

export function TallyView() {
  const desk = useDesk();
  const now = useNow(10_000);
  const { tally } = desk.state();
  const { decided, approved, rejected, perHour } = countsOf(tally, Math.max(now, tally.counted.at(-1)?.atMs ?? now));
  const rows = [
    [DECISIONS.decided, decided, "decided"],
    [DECISIONS.approved, approved, "approved"],
    [DECISIONS.rejected, rejected, "rejected"],
    [DECISIONS.skipped, tally.skipped, "skipped"],
    [DECISIONS.opinions, tally.opinions, "opinions"],
    [DECISIONS.perHour, perHour, "per-hour"],
  ] as const;
  return (
    <section class="tally">
      <h3>{say(DECISIONS.tally)}</h3>
      <dl>
        {rows
          .filter(([, value]) => value !== undefined)
          .map(([text, value, name]) => (
            <div key={name} data-count={name}>
              <dt>{say(text)}</dt>
              <dd>{count(value ?? 0)}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

/** Drawn anew with each case, so that it never appears while a case is read. */
export function BreakReminder() {
  const desk = useDesk();
  const [isOn, setIsOn] = useState(isWanted);
  const [isDue, setIsDue] = useState(() => isBreakDue(desk.state().tally, Date.now()));
  return (
    <>
      {isOn && isDue ? (
        <p class="notice break" role="status">
          {say(DECISIONS.break)}{" "}
          <button
            type="button"
            onClick={() => {
              desk.remindLater();
              setIsDue(false);
            }}
          >
            {say(DECISIONS.later)}
          </button>
        </p>
      ) : null}
      <label class="small">
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => {
            localStorage.setItem(STORED, event.currentTarget.checked ? "on" : "off");
            setIsOn(event.currentTarget.checked);
          }}
        />{" "}
        {say(DECISIONS.remind)}
      </label>
    </>
  );
}
