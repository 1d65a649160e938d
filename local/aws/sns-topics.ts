/** A rule of SNS that fauxqs does not implement: to list the subscriptions of a topic that does not exist is `NotFound`. */
import type { buildApp } from "fauxqs";
import * as z from "zod";

const querySchema = z.object({ Action: z.string(), TopicArn: z.string().optional() });

const NOT_FOUND =
  '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>NotFound</Code>' +
  "<Message>Topic does not exist</Message></Error></ErrorResponse>";

/** https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html */
export function addSnsTopics(app: ReturnType<typeof buildApp>): void {
  const topics = new Set<string>();

  app.addHook("preHandler", async ({ body }, reply) => {
    const { data } = querySchema.safeParse(body);
    if (data?.Action === "DeleteTopic") topics.delete(data.TopicArn ?? "");
    if (data?.Action !== "ListSubscriptionsByTopic" || topics.has(data.TopicArn ?? "")) return undefined;
    return reply.code(404).header("content-type", "text/xml").send(NOT_FOUND);
  });

  app.addHook("onSend", async ({ body }, _reply, payload) => {
    const { data } = querySchema.safeParse(body);
    const [, made] = data?.Action === "CreateTopic" ? (/<TopicArn>(.+)<\/TopicArn>/.exec(String(payload)) ?? []) : [];
    if (made !== undefined) topics.add(made);
    return payload;
  });
}
