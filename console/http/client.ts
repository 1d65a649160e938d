/** The page's client of the local server: one request, one answer. Waiting and repeating are the local server's. */
import type { OperatorRequest } from "../../lib/operator/contract/client-request.ts";
import { hasEffect } from "../../lib/operator/contract/effects.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { type ErrorAnswer, type ErrorKind, type OperatorAnswer, POLL_HEADER, SESSION_HEADER } from "./protocol.ts";

/** What did not work, for people. `message` is the local server's or the deployment's, in English. */
export class ConsoleError extends Error {
  readonly kind: ErrorKind;
  readonly maybeDone: boolean;

  constructor(kind: ErrorKind, message: string, maybeDone = false) {
    super(message);
    this.kind = kind;
    this.maybeDone = maybeDone;
  }
}

export interface AskOptions {
  /** No person made the request: it does not prolong the session. */
  readonly isPoll?: boolean;
  readonly signal?: AbortSignal;
  /** The id of the request. A request that is sent again with the same id is carried out once. */
  readonly id?: string;
  /** The page may close before the answer: the request is sent all the same. */
  readonly keepalive?: boolean;
}

export interface Client {
  /** Goes on with another session. */
  renew(token: string): void;
  /** Sends a request to the deployment. @throws ConsoleError, also if the deployment refuses it. */
  ask(request: OperatorRequest, options?: AskOptions): Promise<OperatorResponse>;
  /** As `ask`, with what the deployment refuses as an answer. */
  send(request: OperatorRequest, options?: AskOptions): Promise<OperatorAnswer>;
  /** Asks the local server itself. @throws ConsoleError */
  post<Answer>(path: `/api/${string}`, body: unknown, options?: AskOptions): Promise<Answer>;
}

/** @param onSessionOver - called whenever an answer says so. */
export function createClient(first: string, onSessionOver: (failure: ConsoleError) => void): Client {
  let current = first;

  async function post<Answer>(path: `/api/${string}`, body: unknown, options: AskOptions = {}): Promise<Answer> {
    const { isPoll, signal, keepalive } = options;
    const token = current;
    const headers = { [SESSION_HEADER]: token, ...(isPoll && { [POLL_HEADER]: "1" }) };
    try {
      return await postJson<Answer>(path, body, {
        headers,
        ...(signal && { signal }),
        ...(keepalive && { keepalive }),
      });
    } catch (failure) {
      if (failure instanceof ConsoleError && failure.kind === "session" && token === current) onSessionOver(failure);
      throw failure;
    }
  }
  async function send(request: OperatorRequest, options: AskOptions = {}): Promise<OperatorAnswer> {
    try {
      return await post("/api/operator", { ...request, id: options.id ?? crypto.randomUUID() }, options);
    } catch (failure) {
      // The command may have sent it before it ended.
      if (failure instanceof ConsoleError && failure.kind === "unreachable")
        throw new ConsoleError("unreachable", failure.message, hasEffect(request));
      throw failure;
    }
  }
  return {
    renew(token) {
      current = token;
    },
    post,
    send,
    async ask(request, options) {
      const { answer, isTaken } = await send(request, options);
      if (isTaken) return answer;
      throw new ConsoleError("failed", answer.errors.map(({ message }) => message).join("; "));
    },
  };
}

/** @throws ConsoleError */
export async function postJson<Answer>(path: string, body: unknown, init: RequestInit = {}): Promise<Answer> {
  const headers = { ...init.headers, "content-type": "application/json" };
  let response: Response;
  try {
    response = await fetch(path, { ...init, method: "POST", headers, body: JSON.stringify(body), redirect: "error" });
  } catch (cause) {
    throw new ConsoleError("unreachable", cause instanceof Error ? cause.message : "");
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as Answer; // the local server has parsed it
  const { error } = (answer ?? {}) as Partial<ErrorAnswer>;
  // A body that breaks off is as a connection that does.
  throw new ConsoleError(
    error?.kind ?? (response.ok ? "unreachable" : "failed"),
    error?.message ?? `HTTP ${response.status}`,
    error?.maybeDone,
  );
}
