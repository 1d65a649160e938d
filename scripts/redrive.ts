/** `npm run redrive -- --from URL --to URL`: dead letters go back to their lane. Needs the AWS credentials of a person who may do that. */
import { parseArgs } from "node:util";
import { SQSClient } from "@aws-sdk/client-sqs";
import { redrive } from "../lib/aws/redrive.ts";

const HELP = `npm run redrive -- --from DEAD_LETTERS_URL --to LANE_URL [--max N] [--dry-run]

The URLs are outputs of the stack: LiveDeadLettersUrl to LiveQueueUrl, BulkDeadLettersUrl to BulkQueueUrl.
A report that is older than the policy allows goes to review and acts on nothing; an operator's pause
of that age and an order past its time of precedence are refused.`;

try {
  const { values } = parseArgs({
    options: {
      from: { type: "string" },
      to: { type: "string" },
      max: { type: "string", default: "1000" },
      "dry-run": { type: "boolean", default: false },
    },
  });
  const { from, to, max, "dry-run": dryRun } = values;
  if (!from || !to || !URL.canParse(from) || !URL.canParse(to))
    throw new TypeError("--from and --to must be queue URLs");
  if (!/^[1-9]\d{0,5}$/.test(max)) throw new TypeError("--max must be a whole number from 1");
  const client = new SQSClient({});
  const count = await redrive(client, {
    from,
    to,
    max: Number(max),
    dryRun,
    onMessage: ({ id, reason }) => console.log(`${dryRun ? "would move" : "moving"} ${id}: ${reason}`),
  });
  console.log(`${count} ${dryRun ? "found" : "brought back"}`);
} catch (error) {
  console.error(error instanceof TypeError ? `${error.message}\n\n${HELP}` : String(error));
  process.exitCode = error instanceof TypeError ? 2 : 1;
}
