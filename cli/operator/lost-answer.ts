/** The message about a request that got no answer: whether it may have been carried out, and how to continue. */
import type { OperatorRequest } from "../../lib/operator/contract/client-request.ts";
import { hasEffect } from "../../lib/operator/contract/effects.ts";
import { orderIdOf } from "../../lib/orders/order-id.ts";
import { commandText } from "../terminal/command-text.ts";
import { FailedError } from "../terminal/errors.ts";

/** The deployment did not answer. */
export class UnansweredError extends FailedError {
  /** The request may have been carried out. */
  readonly maybeDone: boolean;
  constructor(message: string, maybeDone: boolean, options?: ErrorOptions) {
    super(message, options);
    this.maybeDone = maybeDone;
  }
}

export interface Unanswered {
  readonly request: OperatorRequest;
  readonly id: string;
  /** What happened to the last attempt. */
  readonly why: string;
  /** Some attempt may have been carried out. */
  readonly maybeDone: boolean;
}

export function unansweredText({ request, id, why, maybeDone }: Unanswered): string {
  if (!hasEffect(request)) return `offair does not answer: ${why}`;
  if (!maybeDone) return `nothing was done: ${why}`;
  return `it is not known whether it was done: ${why}. ${lookUp(request, id)} shows it. To send it again safely: ${sendAgain(request, id)}`;
}

/** The command that shows whether the request was carried out. */
function lookUp(request: OperatorRequest, id: string): string {
  switch (request.action) {
    case "apply":
    case "approve":
    case "cancel":
      return commandText("status", [request.orderId]);
    case "mode":
      return "offair mode";
    case "redrive":
      return `${commandText("redrive", [], { queue: request.queue })} --dry-run`;
    case "replay-events":
    case "resume-subscriber":
      return "offair events subscribers";
    case "note":
    case "second-opinion":
    case "reopen":
      return commandText("review show", [request.report]);
    case "next-case":
    case "release":
      return "offair review";
    case "review":
      return request.verdict === "reject" ? "offair review" : commandText("status", [orderIdOf(id)]);
    default:
      return commandText("status", [orderIdOf(id)]);
  }
}

/** The command for a request. It may differ from the typed command, because an undo also applies its plan. */
function sendAgain(request: OperatorRequest, id: string): string {
  if (request.action === "apply") {
    const { orderId, planSha256: sha256, reason, breakGlass, resume } = request;
    if (resume) return `${commandText("apply", [orderId], { reason, "request-id": id })} --resume`;
    const command = commandText("apply", [orderId], { sha256, reason, "request-id": id });
    return breakGlass ? `${command} --break-glass` : command;
  }
  const shorten = "shorten" in request && request.shorten ? " --shorten" : "";
  return `the same command with --request-id ${id}${shorten}`;
}
