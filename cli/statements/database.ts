/**
 * Client of the EU's DSA Transparency Database: submits statements in batches, and repeats what was not answered. A statement has one puid
 * for ever, so that a repetition of an accepted batch is refused as a duplicate and counts as accepted.
 * https://transparency.dsa.ec.europa.eu/page/api-documentation
 */
import { createConnection } from "../../lib/core/http-exchange.ts";
import { parseJson } from "../../lib/core/parse-json.ts";
import { MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import type { EuStatement } from "../../lib/statements/eu/eu-statement.ts";
import { FailedError, RefusedError } from "../terminal/errors.ts";
import { createdSchema, type Rejection, rejectionOf } from "./answers.ts";

export interface DatabaseDeps {
  /** https, or http on the loopback address. */
  readonly endpoint: URL;
  readonly token: string;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  /** Prints one line for people. */
  readonly warn: (line: string) => void;
  readonly signal?: AbortSignal;
}

export type Submitted =
  | { readonly kind: "created"; readonly uuids: ReadonlyMap<string, string> }
  /** None of the batch was created. */
  | { readonly kind: "rejected"; readonly rejection: Rejection };

const PATH = "/api/v1/statements";
const TIMEOUT_MS = MINUTE_MS;
const ATTEMPTS = 8;
const BASE_DELAY_MS = 2 * SECOND_MS;
const MAX_DELAY_MS = MINUTE_MS;

export interface Database {
  /** @throws FailedError if the database does not answer, or answers with something else; RefusedError for a wrong token. */
  submit(batch: readonly EuStatement[]): Promise<Submitted>;
}

export function createDatabase(deps: DatabaseDeps): Database {
  const { endpoint, token, now, sleep, random, warn, signal } = deps;
  const exchange = createConnection({ endpoint, maxIdleMs: 3 * SECOND_MS, now });

  /** @returns undefined if another attempt may succeed. */
  async function attempt(
    batch: readonly EuStatement[],
  ): Promise<Submitted | { readonly why: string; readonly waitMs: number }> {
    const body = Buffer.from(JSON.stringify({ statements: batch }));
    const headers = {
      authorization: `Bearer ${token}`,
      accept: "application/json",
      "content-type": "application/json",
      "content-length": `${body.length}`,
      "user-agent": "offair",
    };
    const result = await exchange({ method: "POST", target: PATH, headers, body }, AbortSignal.timeout(TIMEOUT_MS));
    if (result.kind === "lost") return { why: `no answer (${result.systemCode ?? result.reason})`, waitMs: 0 };
    const { status } = result;
    const json: unknown = parseJson(result.body);
    if (status === 201) {
      const { data } = createdSchema.safeParse(json);
      // It is in the database all the same: the repetition is answered with the puids that exist.
      if (!data) return { why: "the answer 201 has no list of statements", waitMs: 0 };
      return { kind: "created", uuids: new Map(data.statements.map(({ puid, uuid }) => [puid, uuid])) };
    }
    if (status === 422) {
      const rejection = rejectionOf(json, batch);
      if (rejection) return { kind: "rejected", rejection };
      throw new FailedError("the database refused the batch (422), and its answer names no statement and no field");
    }
    if (status === 401 || status === 403) {
      throw new RefusedError(
        `the database does not accept the token (${status}): a new token makes the old one invalid`,
      );
    }
    if (status === 429 || status >= 500) {
      return { why: `the database answers ${status}`, waitMs: retryAfterMs(result.headers["retry-after"]) };
    }
    throw new FailedError(`the database answers ${status} to POST ${PATH} at ${endpoint.host}: compare the endpoint`);
  }

  return {
    async submit(batch: readonly EuStatement[]): Promise<Submitted> {
      for (let count = 1; ; count += 1) {
        const result = await attempt(batch);
        if ("kind" in result) return result;
        if (count === ATTEMPTS || signal?.aborted)
          throw new FailedError(`${result.why}: send again later, accepted statements are not repeated`);
        const grown = random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (count - 1));
        warn(`offair: ${result.why}: trying again (${count + 1} of ${ATTEMPTS})`);
        await sleep(Math.max(Math.min(result.waitMs, MAX_DELAY_MS), grown), signal);
        if (signal?.aborted) throw new FailedError("interrupted: send again, accepted statements are not repeated");
      }
    },
  };
}

const retryAfterMs = (text: string | undefined): number => {
  const seconds = Number(text ?? "0");
  return Number.isFinite(seconds) && seconds > 0 ? seconds * SECOND_MS : 0;
};
