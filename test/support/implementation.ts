/**
 * The implementation of an AWS service under a contract suite: our stand-in in the test's own process, or one that others wrote, at
 * the URL in `OFFAIR_TEST_<SERVICE>`. docs/stand-ins.md describes how to run them.
 */
import { describe, it } from "@jest/globals";

export type Service = "dynamodb" | "sqs" | "sns" | "s3" | "secretsmanager" | "eventbridge";

/** `ours`, or the name of the other implementation. */
export const implementation = process.env.OFFAIR_TEST_IMPLEMENTATION ?? "ours";

/** Where the other implementation listens; undefined for our stand-in. */
export function otherEndpoint(service: Service): string | undefined {
  const name = `OFFAIR_TEST_${service.toUpperCase()}`;
  const url = process.env[name];
  if (url === undefined && implementation !== "ours")
    throw new Error(`${name} is not set: give the URL of ${implementation}`);
  return url;
}

/** Settings of an SDK client for either. */
export const clientSettings = (endpoint: string) => ({
  ...{ endpoint, region: "eu-central-1", maxAttempts: 1 },
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
});

/** By implementation: the reason why it fails a test that AWS passes, with the URL of AWS's rule. */
export type Known = Readonly<Partial<Record<string, string>>>;

/** `it`, skipped on an implementation that is known to differ from AWS. */
export function itExcept(known: Known): (name: string, test: () => Promise<void> | void) => void {
  const reason = known[implementation];
  return (name, test) =>
    reason === undefined ? it(name, test) : it.skip(`${name} (${implementation}: ${reason})`, test);
}

/** `describe` for tests that need the stand-in's own control: faults, counted requests, changes without a request. */
export const describeOurs = implementation === "ours" ? describe : describe.skip;
export const itOurs = implementation === "ours" ? it : it.skip;
