/**
 * The rights that a request to EventBridge needs: each event is put onto one bus, with its source and its type as condition keys.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
 */
import { type AwsCall, arnOf, type Context, fieldsOf, type Place, textOf } from "./aws-call.ts";

export function eventsCalls(operation: string, body: unknown, place: Place): AwsCall[] {
  const action = `events:${operation}`;
  const { Entries } = fieldsOf(body);
  const entries: readonly unknown[] = Array.isArray(Entries) ? Entries : [];
  if (entries.length === 0) return [{ action, resource: "*", context: {} }];
  return entries.map((entry) => {
    const { EventBusName, Source, DetailType } = fieldsOf(entry);
    const bus = textOf(EventBusName) ?? "default";
    return {
      action,
      resource: bus.startsWith("arn:") ? bus : arnOf("events", place, `event-bus/${bus}`),
      context: contextOf({ "events:source": textOf(Source), "events:detail-type": textOf(DetailType) }),
    };
  });
}

const contextOf = (keys: Readonly<Record<string, string | undefined>>): Context =>
  Object.fromEntries(Object.entries(keys).filter((entry): entry is [string, string] => entry[1] !== undefined));
