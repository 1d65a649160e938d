/** Freezes or unfreezes a source, after the deployment has said that there is such a source. */
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { say } from "../i18n/say.ts";
import { AskReason } from "../ui/ask-reason.tsx";
import { SOURCES } from "./texts.ts";

interface ChangeSourceProps {
  readonly name: string;
  /** What it shall be. */
  readonly frozen: boolean;
  readonly onClose: () => void;
  readonly onChanged: (answer: OperatorResponse) => void;
}

export function ChangeSource({ name: source, frozen, onClose, onChanged }: ChangeSourceProps) {
  const { client, tell } = useApp();
  return (
    <AskReason
      title={say(frozen ? SOURCES.freezeTitle : SOURCES.unfreezeTitle, { name: source })}
      action={say(frozen ? SOURCES.freezeAct : SOURCES.unfreezeAct)}
      isDangerous={frozen}
      onClose={onClose}
      onGiven={async ({ reason, id, isAgain }) => {
        const change = { action: "mode", source, frozen, reason } as const;
        if (!isAgain) await client.ask({ ...change, dryRun: true });
        onChanged(await client.ask({ ...change, dryRun: false }, { id }));
        tell(say(SOURCES.changed, { name: source }));
      }}
    >
      <p>{say(frozen ? SOURCES.freezeAsks : SOURCES.unfreezeAsks)}</p>
    </AskReason>
  );
}
