/** The orders that were sent, followed until each has an outcome. */
import { useEffect, useRef, useState } from "preact/hooks";
import { streamKey } from "../../lib/core/stream-name.ts";
import { hasFailed } from "../../lib/operator/contract/response.ts";
import type { OperatorResponse, Result } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { COMMON } from "../i18n/common.ts";
import { say, sayWord } from "../i18n/say.ts";
import { linkTo } from "../route.ts";
import { Foreign, StreamName } from "../ui/name.tsx";
import { instantText } from "../ui/time.tsx";
import { followOutcomes, isOpen } from "./change.ts";
import { CHANGE, OUTCOMES } from "./texts.ts";

interface OutcomesProps {
  readonly sent: OperatorResponse;
  readonly onClose: () => void;
}

export function Outcomes({ sent, onClose }: OutcomesProps) {
  const { client } = useApp();
  const [results, setResults] = useState(sent.results);
  const [isFollowing, setIsFollowing] = useState(() => isOpen(sent.results));
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    close.current?.focus();
    let isOver = false;
    followOutcomes(sent, {
      status: (orderId) => client.ask({ action: "status", orderId, reason: "offair console" }, { isPoll: true }),
      sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
      now: Date.now,
      isOver: () => isOver,
      onResults: setResults,
    }).then(
      () => setIsFollowing(false),
      () => setIsFollowing(false),
    );
    return () => {
      isOver = true;
    };
  }, [client, sent]);

  const { orderId } = sent;
  return (
    <>
      <p role="status">{summaryOf(results, isFollowing)}</p>
      <ul class="changes">
        {results.map((each) => (
          <Row key={streamKey(each.stream)} result={each} />
        ))}
      </ul>
      {orderId === undefined ? null : (
        <p>
          <a href={linkTo("plans", orderId)}>{say(CHANGE.orderLink, { order: orderId })}</a>
        </p>
      )}
      <p class="buttons">
        <button ref={close} type="button" class="main" onClick={onClose}>
          {say(COMMON.close)}
        </button>
      </p>
    </>
  );
}

function summaryOf(results: readonly Result[], isFollowing: boolean): string {
  const all = results.length;
  const done = results.filter(({ outcome }) => outcome !== "ordered").length;
  if (isFollowing) return say(CHANGE.following, { done, all });
  const failed = results.filter(hasFailed).length;
  if (failed > 0) return say(CHANGE.someFailed, { n: failed });
  return done < all ? say(CHANGE.notKnown) : say(CHANGE.allDone, { n: all });
}

function Row({ result }: { readonly result: Result }) {
  const { stream, outcome = "-", error, message, waiting } = result;
  return (
    <li>
      <strong class={hasFailed(result) ? "bad" : outcome === "verified" ? "good" : ""}>
        {sayWord(OUTCOMES, outcome)}
      </strong>{" "}
      <StreamName stream={stream} />
      {error === undefined ? null : (
        <p lang="en">
          <Foreign text={message ?? error} />
        </p>
      )}
      {waiting ? (
        <p class="warn">
          <Foreign text={`${waiting.error}: ${waiting.message}`} />,{" "}
          {say(CHANGE.waits, { time: instantText(waiting.since) })}
        </p>
      ) : null}
    </li>
  );
}
