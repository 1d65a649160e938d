/** What the evidence lacks, or what is not as it was signed. */
import type { EvidenceGap } from "../http/protocol.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { Foreign } from "../ui/name.tsx";
import { severityOf } from "./periods.ts";
import { HISTORY } from "./texts.ts";

const SHOWN = 100;

export function Gaps({ gaps }: { readonly gaps: readonly EvidenceGap[] }) {
  const severity = severityOf(gaps);
  if (severity === "none") return null;
  const more = gaps.length - SHOWN;
  return (
    <section class={`notice ${severity === "altered" ? "bad" : "warn"}`} role="alert" aria-label={say(HISTORY.gaps)}>
      <p>
        <strong>{say(severity === "altered" ? HISTORY.altered : HISTORY.incomplete)}</strong>
      </p>
      <ul lang="en">
        {gaps.slice(0, SHOWN).map(({ kind, object, message }) => (
          <li>
            <strong>{kind}</strong>{" "}
            <code>
              <Foreign text={object} />
            </code>{" "}
            <Foreign text={message} />
          </li>
        ))}
      </ul>
      {more > 0 ? <p>{say(COMMON.more, { n: more })}</p> : null}
    </section>
  );
}
