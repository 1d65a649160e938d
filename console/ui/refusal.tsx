/** Why the deployment refused a request: its errors, each with the stream that it is about. */

import type { Stream } from "../../lib/core/stream.ts";
import { streamKey } from "../../lib/core/stream-name.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { Foreign, StreamName } from "./name.tsx";

interface RefusalProps {
  readonly title: string;
  readonly answer: OperatorResponse;
  /** Those of the request, in its order. */
  readonly streams?: readonly Stream[];
}

const SHOWN = 20;

export function Refusal({ title, answer: { errors, results }, streams = [] }: RefusalProps) {
  const refused = results.filter(({ error }) => error !== undefined);
  return (
    <div class="notice bad" role="alert">
      <p>
        <strong>{title}</strong> {say(COMMON.ofDeployment)}
      </p>
      <ul lang="en">
        {errors.map(({ pointer, message }) => {
          const stream = streams[streamIndex(pointer)];
          return (
            <li>
              <Foreign text={message} /> {stream ? <StreamName stream={stream} /> : null}
            </li>
          );
        })}
        {refused.slice(0, SHOWN).map(({ stream, error }) => (
          <li key={streamKey(stream)}>
            <Foreign text={error ?? ""} /> <StreamName stream={stream} />
          </li>
        ))}
      </ul>
      {refused.length > SHOWN ? <p>{say(COMMON.more, { n: refused.length - SHOWN })}</p> : null}
    </div>
  );
}

const streamIndex = (pointer: string): number => Number(/^\/streams\/(\d+)/.exec(pointer)?.[1] ?? Number.NaN);
