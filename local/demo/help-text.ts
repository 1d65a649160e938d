/** The text that `npm start` prints when the stack is up: endpoints, credentials, and commands for another terminal. */
import type { LocalStack } from "../../cli/terminal/local-stack.ts";

interface More {
  /** Where events are sent, as text; empty if nowhere. */
  readonly events: string;
  /** Process id of another local stack, which the commands use instead of this one. */
  readonly takenBy: number | undefined;
}

export function howToUse(stack: LocalStack, liveUrl: string, { events, takenBy }: More): string {
  const { url, operators, sources, archive, ledger, auditKey, simulator } = stack;
  const rows: readonly (readonly [name: string, value: string, more?: string | undefined])[] = [
    ...Object.entries(sources).map(
      ([name, secret]) => ["reports", `${url}/reports/${name}`, `secret ${secret}`] as const,
    ),
    ["operators", `${url}/operator`, `region ${stack.region}`],
    ...Object.entries(operators).map(
      ([name, keys]) => [`  ${name}`, keys.accessKeyId, `secret key ${keys.secretAccessKey}`] as const,
    ),
    ["Live", liveUrl, simulator && `a simulator: ${simulator}/_sim/state shows its streams, /_sim/calls every call`],
    ["archive", archive.endpoint, `bucket ${archive.bucket}`],
    ["ledger", ledger.endpoint, `table ${ledger.table}`],
  ];
  const width = Math.max(...rows.map(([, value]) => value.length));
  const places = rows.map(([name, value, more = ""]) =>
    `  ${name.padEnd(11)}${value.padEnd(width)}  ${more}`.trimEnd(),
  );
  const file =
    takenBy === undefined
      ? "The commands below read these values from .offair-local.json, which is removed when the stack stops."
      : `Another local stack is running (process ${takenBy}): the commands below use that one, not this one.`;
  const today = new Date().toISOString().slice(0, 10);
  return `
The stack is up; Ctrl-C stops it. ${file}

${places.join("\n")}
  audit key  verifies the evidence:
${auditKey.trimEnd().replaceAll(/^/gm, "    ")}

${events || "Events are sent to no receiver: npm start -- --subscriber URL sends them (docs/receive-events.md).\n"}
In another terminal:

  npm run report -- csam --score 0.97 --stream room-1    sends a signed report: the stream is disabled
  npm run report -- nudity --score 0.93 --stream room-2  the stream is paused; each re-publish adds a line below
  alias offair='npx offair'                              lets you paste the commands that are printed
  offair list                                            lists disabled streams as alice; OFFAIR_AS=bob: as bob
  offair events                                          lists the events; offair events subscribers: who gets them
  npm run raid -- 200                                    starts 200 live streams of one sender, and prints the plan command
  offair history ${today}                              shows what was off today and why, from the archive. An audit runs
                                                         every two minutes; reasons appear after five minutes
  offair export --from ${today} --to ${today} --out today.tar
  offair verify today.tar                                asks for the audit key above
  npm run policy:replay -- --policy policy.yml --since 1h
                                                         shows what another policy would have decided

Reports and orders appear here as they happen:
`;
}
