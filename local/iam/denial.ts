/**
 * A refused call as AWS words it. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 * SQS writes the action in lower case, SNS its prefix in capitals, S3 the resource in quotes.
 */
import type { AwsCall } from "./aws-call.ts";
import type { Verdict } from "./evaluate.ts";

export interface Denial {
  /** ARN of the session, or the name of the service. */
  readonly principal: string;
  readonly call: AwsCall;
  readonly verdict: Exclude<Verdict, "allowed">;
}

export function denialText({ principal, call, verdict }: Denial): string {
  const action = actionText(call.action);
  const on = call.resource === "*" ? "" : ` on resource: ${resourceText(call)}`;
  return `User: ${principal} is not authorized to perform: ${action}${on} ${becauseOf(verdict, action, principal)}`;
}

function becauseOf(verdict: Denial["verdict"], action: string, principal: string): string {
  switch (verdict) {
    case "implicit": // a service has no identity policies
      return `because no ${principal.startsWith("arn:") ? "identity" : "resource"}-based policy allows the ${action} action`;
    case "denied-by-identity":
      return "with an explicit deny in an identity-based policy";
    case "denied-by-resource":
      return "with an explicit deny in a resource-based policy";
  }
}

function actionText(action: string): string {
  if (action.startsWith("sqs:")) return action.toLowerCase();
  return action.replace(/^sns:/, "SNS:");
}

const resourceText = ({ action, resource }: AwsCall): string =>
  action.startsWith("s3:") ? JSON.stringify(resource) : resource;
