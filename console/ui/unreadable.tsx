/** Rows of Live's lists that offair cannot read: how many, and the first ones. */
import type { UnreadableRows } from "../../lib/operator/contract/response-schema.ts";
import { COMMON } from "../i18n/common.ts";
import { say, type Text } from "../i18n/say.ts";
import { Foreign } from "./name.tsx";

const SHOWN = 5;

interface UnreadableProps {
  readonly unreadable: UnreadableRows;
  /** With `{n}`: how many there are, and why that matters. */
  readonly text: Text;
}

export function Unreadable({ unreadable: { count, first }, text }: UnreadableProps) {
  if (count === 0) return null;
  const rows = first.slice(0, SHOWN);
  const more = count - rows.length;
  return (
    <div class="notice warn">
      <p>
        <strong>{say(text, { n: count })}</strong>
      </p>
      <ul>
        {rows.map(({ domain, app = "?", stream = "?", issue }) => (
          <li>
            <Foreign text={`${domain}/${app}/${stream}`} />: <Foreign text={issue} />
          </li>
        ))}
      </ul>
      {more > 0 ? <p>{say(COMMON.more, { n: more })}</p> : null}
    </div>
  );
}
