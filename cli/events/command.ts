/** `offair events`: the events that subscribers receive: lists them, sends them again, and resumes subscriptions that ended. */
import type { Command, CommandDeps, Exit } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { flags, texts, type Values } from "../terminal/options.ts";
import { listArchived } from "./archived.ts";
import { EVENTS_HELP } from "./help.ts";
import { listEvents } from "./list.ts";
import { replay, resume } from "./send-again.ts";
import { showSubscribers } from "./subscribers.ts";

/** Options of the list. */
const LISTING = ["since", "until", "type", "stream", "subscriber", "limit", "bundle", "bucket", "stage"];

export const events: Command = {
  name: "events",
  group: "everyday",
  summary: "list the events for subscribers, send them again, resume a subscription that ended",
  operands: ["[list | subscribers | replay | resume]"],
  options: {
    ...texts(...LISTING, "reason", "request-id", "url"),
    ...flags("all", "yes", "dry-run"),
  },
  help: EVENTS_HELP,

  async run({ operands: [word = "list"], values }, deps) {
    const { run, options } = WORDS[word] ?? {};
    if (!run || !options) throw new UsageError(`${word} is no word of offair events`); // main.ts compares it with the operands first
    const ignored = Object.keys(values).find((name) => !["url", "json", ...options].includes(name));
    if (ignored !== undefined) throw new UsageError(`--${ignored} is not for offair events ${word}`);
    return run(values, deps);
  },
};

interface Word {
  readonly run: (values: Values, deps: CommandDeps) => Promise<Exit>;
  readonly options: readonly string[];
}

const CHANGE = ["subscriber", "reason", "yes", "dry-run", "request-id"];

const WORDS: Readonly<Record<string, Word>> = {
  list: {
    run: (values, deps) =>
      values.bundle === undefined && values.bucket === undefined
        ? listEvents(values, deps)
        : listArchived(values, deps),
    options: [...LISTING, "all"],
  },
  subscribers: { run: showSubscribers, options: [] },
  replay: { run: replay, options: [...CHANGE, "since", "until"] },
  resume: { run: resume, options: CHANGE },
};
