/** `offair console`: serves a page for the browser on this machine, until it is ended. */
import { once } from "node:events";
import { MINUTE_MS } from "../../lib/core/time.ts";
import { readAssets } from "../console/assets.ts";
import { startConsole } from "../console/console.ts";
import { printLinks } from "../console/links.ts";
import { openBrowser, openerOf } from "../console/open-browser.ts";
import { IDLE_MINUTES, LINK_MINUTES } from "../console/sessions.ts";
import { type Command, EXIT } from "../terminal/command.ts";
import { propertyOf, UsageError } from "../terminal/errors.ts";
import { flags, textOf, texts, type Values } from "../terminal/options.ts";

const MAX_PORT = 65_535;

export const consoleCommand: Command = {
  name: "console",
  group: "everyday",
  summary: "work in a browser: review cases, plan, approve, watch",
  operands: [],
  options: { ...texts("port", "url"), ...flags("no-open") },
  help: `offair console [--port N] [--no-open]

Serves a page on 127.0.0.1 and opens it in your browser. Each request of the page is signed here with your own AWS
credentials, which the browser never sees. Runs until Ctrl-C.

The printed link works once, within ${LINK_MINUTES} minutes; Enter prints a new one, also for another browser. A session ends
${IDLE_MINUTES} minutes after your last action, or with the command. In a pipe, no browser is opened: the link is the only line of the
output, and each line of the input prints a new one.

  --port N   the port; default: a free one
  --no-open  do not open a browser
  --url URL  URL of offair; default: OFFAIR_URL

Exit codes: 0 ended with Ctrl-C, 1 the page is not built, 2 usage error, or the port is in use.`,

  async run({ values }, deps) {
    const { out, env, sleep, interrupted } = deps;
    const signal = interrupted();
    const { origin, deployment, newLink, close } = await startConsole({
      ...{ values, deps },
      assets: readAssets(),
      port: portOf(values),
    });
    const link = newLink();
    const keys = out.isTerminal ? "; Enter prints a new link, Ctrl-C ends the console" : "";
    out.warn(
      `the console of ${deployment} is at ${origin}${keys}. This link works once, within ${LINK_MINUTES} minutes:`,
    );
    out.say(link);
    const endLinks = printLinks(newLink, deps);
    const opener = out.isTerminal && !values["no-open"] ? openerOf(process.platform, env) : undefined;
    if (opener !== undefined) {
      const failed = (why = `${opener} failed`): void => out.warn(`no browser was opened (${why}): open the link`);
      try {
        const remove = openBrowser(link, opener, failed);
        void sleep(LINK_MINUTES * MINUTE_MS, signal).then(remove);
      } catch (error) {
        failed(`the temporary folder cannot be written: ${String(propertyOf(error, "code"))}`);
      }
    }
    if (!signal.aborted) await once(signal, "abort");
    endLinks();
    await close();
    return EXIT.done;
  },
};

/** @returns 0 for a free one. @throws UsageError */
function portOf(values: Values): number {
  const text = textOf(values, "port");
  if (text === undefined) return 0;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > MAX_PORT)
    throw new UsageError(`--port must be a number from 1 to ${MAX_PORT}`);
  return port;
}
