/** Derives the state of a run from the webhook's answer and the worker's notes. Pure. */
import type { CanaryNote, CanaryNotes } from "./canary-run.ts";
import type { Link } from "./links.ts";

/** `so-far`: the link at which the run broke if no further note comes. */
export type Judgement =
  | { readonly state: "arrived" | "observed" }
  | { readonly state: "broken" | "so-far"; readonly link: Link; readonly message: string };

const broken = (link: Link, message: string): Judgement => ({ state: "broken", link, message });
const soFar = (link: Link, message: string): Judgement => ({ state: "so-far", link, message });

/** @param status - of the answer, or the reason why there is none. @returns undefined if the webhook accepted the report. */
export function judgeAnswer(status: number | string): Judgement | undefined {
  if (status === 202) return undefined;
  if (typeof status === "string") return broken("webhook", `no answer from the webhook: ${status}`);
  if (status === 401) return broken("signature", "the webhook refused the signature (401)");
  if (status === 404) return broken("webhook", "the webhook has no source canary (404)");
  if (status === 400 || status === 422) return broken("decision", `the webhook refused the report (${status})`);
  return broken("webhook", `the webhook answered ${status}`);
}

/** The link of a failure after which the worker tries again. */
const LINK_OF_ERROR: Readonly<Record<string, Link>> = {
  ERR_LEDGER: "ledger",
  ERR_LIVE_SIGNATURE: "key",
  ERR_SECRET: "key",
  ERR_LIVE_THROTTLED: "rate",
  ERR_LIVE_UNAVAILABLE: "live",
  ERR_LIVE_UNKNOWN: "live",
  ERR_LIVE_REJECTED: "rights",
  ERR_LIVE_ANSWER: "live",
};

const reasonOf = ({ outcome, because, error, message }: CanaryNote): string =>
  [outcome, because, error, message].filter((part) => part !== undefined && part !== "").join(": ");

export function judgeNotes({ disable, enable }: CanaryNotes): Judgement {
  if (!disable) return soFar("queue", "the worker did not begin");
  const reason = reasonOf(disable);
  switch (disable.outcome) {
    case undefined:
      return soFar(LINK_OF_ERROR[disable.error ?? ""] ?? "queue", `the worker tries again: ${reason}`);
    case "verified":
      return judgeEnable(enable);
    case "observed":
      return { state: "observed" };
    case "unverified":
      return broken("disable-listed", `Live accepted the disable and does not list the stream (${reason})`);
    case "unknown":
      return broken("live", `a call to Live got no answer (${reason})`);
    case "failed":
      return broken("rights", `Live refused the disable (${reason})`);
    default:
      return broken("decision", `the report was not to disable the stream (${reason})`);
  }
}

function judgeEnable(enable: CanaryNote | undefined): Judgement {
  if (!enable) return soFar("enable", "the worker did not begin to enable the stream");
  const reason = reasonOf(enable);
  if (enable.outcome === undefined) return soFar("enable", `the worker tries again to enable the stream: ${reason}`);
  if (enable.outcome === "verified") return { state: "arrived" };
  if (enable.because === "observed") return { state: "observed" }; // the mode was changed during the run
  if (enable.outcome === "unverified")
    return broken("enable-listed", `Live accepted the enable and still lists the stream (${reason})`);
  return broken("enable", `the stream was not enabled (${reason})`);
}
