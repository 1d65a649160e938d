/** Refuses requests of the functions at random, as an overloaded service does. */
import type { IncomingMessage } from "node:http";
import type { Interfere, Refusal } from "../../stack/aws-engines.ts";

type Service = Parameters<Interfere>[0];

export type Throttle = ReturnType<typeof createThrottle>;

const TOO_MUCH: Readonly<Record<Service, readonly [Refusal, ...Refusal[]]>> = {
  sqs: [
    { status: 503, body: { __type: "com.amazonaws.sqs#ServiceUnavailable", message: "The queue is busy." } },
    { status: 400, body: { __type: "com.amazonaws.sqs#RequestThrottled", message: "The request was throttled." } },
  ],
  dynamodb: [
    {
      status: 400,
      body: {
        __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
        message: "The level of configured provisioned throughput for the table was exceeded.",
      },
    },
    {
      status: 400,
      body: { __type: "com.amazon.coral.availability#ThrottlingException", message: "Rate of requests exceeds." },
    },
  ],
};

/** Requests of a function, recognised by the SDK's User-Agent. Requests of the stack and the exercise are not throttled. */
const isFromFunction = ({ headers }: IncomingMessage): boolean =>
  String(headers["user-agent"]).includes("exec-env/AWS_Lambda") ||
  String(headers["x-amz-target"]).endsWith(".DeleteMessageBatch"); // of the event source mapping: a handled message is then delivered again

export function createThrottle(random: () => number) {
  const probabilities = { sqs: 0, dynamodb: 0 };
  const hits = { sqs: 0, dynamodb: 0 };
  const interfere: Interfere = (service, request) => {
    if (!isFromFunction(request) || random() >= probabilities[service]) return undefined;
    hits[service] += 1;
    const answers = TOO_MUCH[service];
    return answers[Math.floor(random() * answers.length)] ?? answers[0];
  };
  return {
    interfere,
    set(service: Service, probability: number): void {
      probabilities[service] = probability;
    },
    hits: (service: Service): number => hits[service],
  };
}
