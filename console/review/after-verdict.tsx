/** What can be done after a verdict, and what stays once it is taken back. */
import { useState } from "preact/hooks";
import { HOUR_MS } from "../../lib/core/time.ts";
import type { OperatorResponse, ReviewCase } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { say } from "../i18n/say.ts";
import { AskReason } from "../ui/ask-reason.tsx";
import { Foreign } from "../ui/name.tsx";
import { CASE } from "./case-texts.ts";
import { ASK } from "./texts.ts";
import { useDesk } from "./use-desk.ts";

export type WhatStays = NonNullable<NonNullable<OperatorResponse["reopened"]>["stays"]>;

/** What the verdict did, which taking it back does not reverse. */
export const Stays = ({ stays }: { readonly stays: WhatStays }) => (
  <div class="notice warn" role="status">
    <h3>{say(CASE.stays)}</h3>
    <p lang="en">
      <Foreign text={stays.says} />
    </p>
    {stays.undo === undefined ? null : (
      <p>
        {say(CASE.undoStays)}{" "}
        <code>
          <Foreign text={`offair ${stays.undo}`} />
        </code>
      </p>
    )}
  </div>
);

interface AfterVerdictProps {
  readonly shown: ReviewCase;
  readonly onChanged: (shown: ReviewCase) => void;
  /** @param stays - undefined: nothing does. */
  readonly onStays: (stays: WhatStays | undefined) => void;
}

/** A verdict can be taken back. An approval whose order was never placed can be given again. */
export function AfterVerdict({ shown, onChanged, onStays }: AfterVerdictProps) {
  const { client, tell } = useApp();
  const desk = useDesk();
  const [isAsking, setIsAsking] = useState(false);
  const { verdict, key: report, orders = [] } = shown;
  if (!verdict) return null;
  const { orderId, action, resumeTime, at, reason } = verdict;
  const isUnsent = orderId !== undefined && !orders.some((each) => each.orderId === orderId);

  function approveAgain(): void {
    if (action !== "pause" && action !== "disable") return;
    const hours = Math.round((Date.parse(resumeTime ?? "") - Date.parse(at ?? "")) / HOUR_MS);
    const isDisable = action === "disable" && hours >= 1;
    desk.decide(shown, { verdict: "approve", reason, as: action, ...(isDisable && { hours }) });
  }

  return (
    <>
      {isUnsent ? (
        <p>
          {say(CASE.unsent)}{" "}
          <button type="button" onClick={approveAgain}>
            {say(ASK.approve)}
          </button>
        </p>
      ) : null}
      <p class="buttons">
        <button type="button" onClick={() => setIsAsking(true)}>
          {say(CASE.reopen)}
        </button>
      </p>
      {isAsking ? (
        <AskReason
          title={say(CASE.reopen)}
          action={say(CASE.reopen)}
          onClose={() => setIsAsking(false)}
          onGiven={async (given) => {
            const asked = { action: "reopen", report, reason: given.reason } as const;
            const answer = await client.ask(asked, { id: given.id });
            onStays(answer.reopened?.stays);
            if (answer.case) onChanged(answer.case);
            tell(say(CASE.reopened));
          }}
        >
          <p>{say(CASE.reopenWhat)}</p>
        </AskReason>
      ) : null}
    </>
  );
}
