/** The stand-in for SQS and SNS: fauxqs, with the rules that it lacks. docs/stand-ins.md lists what it does not model. */
import { buildApp } from "fauxqs";
import { addSnsTopics } from "./sns-topics.ts";
import { addSqsLimits } from "./sqs-limits.ts";
import { addSqsRules } from "./sqs-rules.ts";

/** A server that does not listen yet: the package's `startFauxqs` would listen on every address of the machine. */
export function createQueues(defaultRegion: string): ReturnType<typeof buildApp> {
  const app = buildApp({ logger: false, defaultRegion });
  addSqsRules(app);
  addSqsLimits(app);
  addSnsTopics(app);
  return app;
}
