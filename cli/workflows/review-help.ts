/** The text of `offair help review`. */
import { REPEAT_HELP } from "../terminal/options.ts";
import { YES_HELP } from "../terminal/prompt.ts";

export const REVIEW_HELP = `offair review [--source NAME] [--rule ID] [--before TIME] [--all] [--json]
offair review next [--json]
offair review show REPORT [--json]
offair review approve REPORT --reason TEXT [--as pause|disable] [--for 24h] [--shorten] [--yes | --dry-run]
offair review approve APPEAL --reason TEXT [--because false-positive|policy|context] [--yes | --dry-run]
offair review reject REPORT --reason TEXT [--yes | --dry-run]
offair review approve|reject [--source NAME] [--rule ID] [--before TIME] --reason TEXT [--yes | --dry-run]
offair review note REPORT TEXT
offair review second-opinion|reopen REPORT --reason TEXT
offair review release REPORT
offair review sample [2% --reason TEXT]

Without a word: lists the reports that wait for a person, the most urgent first. REPORT is SOURCE#ID from the list. Quote it
for the shell: the sender chose the ID.

next     hand out the most urgent case, and hold it for five minutes for you. In a terminal: decide one case after another
         by single keys; ? explains them. In a pipe or with --json: print the case
show     what was reported and by whom, evidence, other reports and orders of the stream, whether it is live, notes,
         verdicts. Links are shown as text and never fetched
approve  carry out the action that was held, or the action that --as names
reject   do nothing to the stream, and remove the report from the list. Without REPORT, approve and
         reject decide on every case that matches: the exact list is planned and shown first.
         An APPEAL against an order is in the same list: approve grants it, so that the order is overturned and the stream
         enabled, unless another order keeps it off; reject lets the order stand. Whoever decided the order cannot decide it
note     add a note that everybody sees who sees the case
second-opinion  leave the case to another person; you cannot decide it any more
reopen   take a verdict back: the case waits again, and the ledger keeps both verdicts
release  give back a case that you hold
sample   show or set the share of the actions that are drawn at random and wait for a person afterwards. Nothing waits for
         them, and a verdict on one acts on nothing: approve if the action was right, reject if it was wrong

  --source NAME  cases of this source
  --rule ID      cases of this rule: it asked for review, or its action is held
  --before TIME  cases received before then: 2026-03-14T03:00:00Z, or 30m, 2h, 1d ago
  --as WORD      pause (cut the push once) or disable; required if no action was held
  --for 24h      how long to disable: whole hours or days; default: as the rule says, or 7 days
  --because WORD  of an appeal that is granted: why the action was wrong, as in offair overturn; default: false-positive
  --shorten      also if the stream is disabled until later already: its disable then ends earlier. Without it, this is
                 asked separately, and refused where nothing is asked (with --yes)
  --reason TEXT  why; required for a verdict
  --all          print the whole list; default: the first hundred, or twenty of a plan
  --dry-run      show what would be done, and do nothing
${YES_HELP}
${REPEAT_HELP}
  --url URL      URL of offair; default: OFFAIR_URL
  --json         print JSON: one object per report, then a summary

The first verdict stands. If no response arrives, give the same verdict again: the action is not carried out twice.
Exit codes: 0 done, 1 not every action succeeded or a signal has ended it, 2 usage error, 3 refused.`;
