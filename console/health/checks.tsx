/** The checks with their remedies: failed, warnings, in order. */
import type { Check } from "../../lib/operator/contract/response-schema.ts";
import { say } from "../i18n/say.ts";
import { Foreign } from "../ui/name.tsx";
import { type GroupName, groupChecks } from "./checks.ts";
import { HEALTH } from "./texts.ts";

const KINDS: Readonly<Record<GroupName, string>> = { failed: "bad", other: "warn", warning: "warn", ok: "good" };

export function Checks({ checks }: { readonly checks: readonly Check[] }) {
  const failed = checks.filter(({ state }) => state === "failed").length;
  const warnings = checks.filter(({ state }) => state === "warning").length;
  return (
    <>
      <p role="status">
        <strong>
          {failed + warnings === 0 ? say(HEALTH.allOk) : say(HEALTH.summary, { n: checks.length, failed, warnings })}
        </strong>
      </p>
      {groupChecks(checks).map(([name, some]) => (
        <section key={name} class={`notice ${KINDS[name]}`} aria-label={say(HEALTH[name])}>
          <h3>
            {say(HEALTH[name])} ({some.length})
          </h3>
          <dl class="facts checks" lang="en">
            {some.map((check) => (
              <OneCheck key={check.name} check={check} />
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}

function OneCheck({ check: { name, state, says, remedy } }: { readonly check: Check }) {
  return (
    <>
      <dt>
        <Foreign text={name} />
      </dt>
      <dd>
        <Foreign text={says} />
        {remedy === undefined || state === "ok" ? null : (
          <p class="remedy">
            → <Foreign text={remedy} />
          </p>
        )}
      </dd>
    </>
  );
}
