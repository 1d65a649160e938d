/** All commands, in the order of `offair help`. */

import { apply } from "./commands/apply.ts";
import { approve } from "./commands/approve.ts";
import { cancel } from "./commands/cancel.ts";
import { consoleCommand } from "./commands/console.ts";
import { disable } from "./commands/disable.ts";
import { doctor } from "./commands/doctor.ts";
import { enable } from "./commands/enable.ts";
import { explain } from "./commands/explain.ts";
import { exportCommand } from "./commands/export.ts";
import { history } from "./commands/history.ts";
import { list } from "./commands/list.ts";
import { mode } from "./commands/mode.ts";
import { overturn } from "./commands/overturn.ts";
import { pause } from "./commands/pause.ts";
import { plan } from "./commands/plan.ts";
import { plans } from "./commands/plans.ts";
import { redrive } from "./commands/redrive.ts";
import { review } from "./commands/review.ts";
import { show } from "./commands/show.ts";
import { sources } from "./commands/sources.ts";
import { status } from "./commands/status.ts";
import { undo } from "./commands/undo.ts";
import { verify } from "./commands/verify.ts";
import { version } from "./commands/version.ts";
import { watch } from "./commands/watch.ts";
import { events } from "./events/command.ts";
import { statements } from "./statements/command.ts";
import type { Command } from "./terminal/command.ts";

export const COMMANDS: readonly Command[] = [
  ...[list, disable, pause, enable, plan, approve, apply, watch, plans, show, status, cancel, undo],
  ...[review, overturn, sources, explain, mode, doctor, redrive, events, consoleCommand],
  ...[verify, history, exportCommand, statements],
  ...[version],
];
