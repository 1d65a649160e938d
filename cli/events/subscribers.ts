/** `offair events subscribers`: the state of each subscriber. */
import type { CommandDeps, Exit } from "../terminal/command.ts";
import type { Values } from "../terminal/options.ts";
import { requestOnce } from "../workflows/refusals.ts";
import { cellsOfSubscriber, subscribersText } from "./render.ts";

export function showSubscribers(values: Values, deps: CommandDeps): Promise<Exit> {
  const { out } = deps;
  const request = { action: "subscribers", reason: "offair events subscribers" } as const;
  return requestOnce(request, values, deps, ({ subscribers = [] }, exit) => {
    if (values.json) {
      for (const row of subscribers) out.json({ type: "subscriber", ...row });
      out.json({ type: "summary", count: subscribers.length, exit });
    } else if (out.isTerminal) for (const line of subscribersText(subscribers, out.paint)) out.say(line);
    else for (const row of subscribers) out.cells(cellsOfSubscriber(row));
  });
}
