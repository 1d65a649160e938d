/** What to do about a delivery that failed, by the problem that the delivery stored (lib/webhooks/post-event.ts). */
const ADVICE: readonly (readonly [problem: RegExp, advice: string])[] = [
  [/^answered 3/, "write the URL that the receiver redirects to into the policy"],
  [/^answered 40[13]$/, "the receiver refuses the signature: compare its secret or key, then its clock"],
  [/^answered 40[45]$/, "compare the URL in the policy with the receiver's: its path, and that it takes POST"],
  [/^answered /, "see the log of the receiver"],
  [/^no connection|^the host name/, "check that the receiver runs, and the host and port of its URL in the policy"],
  [/^TLS failed/, "the certificate has to be valid, name the host, and come from a public authority"],
  [/^no answer within/, "let the receiver store the event, answer, and work afterwards"],
  [/private or special address/, "the host of the URL may have public addresses only"],
  [/secret/, "store the subscriber's secret as docs/receive-events.md says"],
];

/** @returns undefined for a problem whose text says everything. */
export const adviceFor = (problem: string): string | undefined => ADVICE.find(([text]) => text.test(problem))?.[1];
