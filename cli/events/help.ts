/** The text of `offair help events`. */
import { REPEAT_HELP } from "../terminal/options.ts";
import { YES_HELP } from "../terminal/prompt.ts";

export const EVENTS_HELP = `offair events [list] [--since TIME] [--until TIME] [--type TYPE] [--stream STREAM] [--subscriber NAME]
              [--limit N | --all] [--json]
offair events list --bundle BUNDLE | --bucket NAME --since TIME [--until TIME] [--type TYPE] [--stream STREAM] [--json]
offair events subscribers [--json]
offair events replay --subscriber NAME --since TIME [--until TIME] --reason TEXT [--yes | --dry-run]
offair events resume --subscriber NAME --reason TEXT [--yes | --dry-run]

list         events in the order in which they were logged, the newest last. With --subscriber: what became of each
subscribers  the event bus and the subscribers of the policy: which do not answer, which have ended, what they miss
replay       send the events of a time to a subscriber again, each with its id, so that the receiver recognizes what it has;
             also those that were given up. What was not delivered yet is delivered anyway, in order
resume       make a subscription that ended active again: it gets what it missed, in order

A subscription ends when the receiver answers 410 or takes nothing for three days. The log has the last 90 days. Events of
the archive have the same ids, but no sequence: list them with --json, and import them by their ids.

  --since TIME       logged since then: 2026-03-14T03:00:00Z, or 30m, 2h, 1d ago; default of list: 1d
  --until TIME       logged before then; default: now
  --type TYPE        only events of this type: stream.disabled
  --stream STREAM    only events of this stream: DOMAIN/APP/STREAM
  --subscriber NAME  a subscriber of the policy, or bus
  --limit N          the newest N events; default: 100
  --all              every event of the time
  --bundle BUNDLE    read the events from evidence: a folder or a tar made by offair export
  --bucket NAME      read them from the archive. Region, credentials and AWS_ENDPOINT_URL as in the AWS SDK
  --stage NAME       stage whose archive it is, for the attribute source; default: prod
  --reason TEXT      why; stored with the replay or the subscriber
  --dry-run          show how many events would be sent, and send none
${YES_HELP.replace("--yes          ", "--yes              ")}
${REPEAT_HELP.replace("--request-id ID  ", "--request-id ID    ")}
  --url URL          URL of offair; default: OFFAIR_URL
  --json             print JSON. list: one CloudEvent per line, as it was sent, and no summary; with --subscriber it also
                     has delivery, deliverysince, deliveryproblem and deliverynext. Otherwise objects, then a summary

Exit codes: 0 done, 1 the archive cannot be read, 2 usage error, 3 refused, 4 an object does not match its manifest, 5 the
archive does not cover the time.`;
