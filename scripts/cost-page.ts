/** Generates docs/cost.md from the counts of `npm run bench -- cost` and the prices: `npm run docs`. */
import {
  COLD_START_MS,
  KEPT_MONTHS,
  MB_OF_A_CORE,
  MONTH_HOURS,
  POLL_SECONDS,
  POLLERS,
  WAIT_MS,
} from "./cost/assumptions.ts";
import { type Counted, one, type Scene, sceneOf } from "./cost/counts.ts";
import { costOfSteps, floorOfDisable, floorOfIdleMonth, type Step } from "./cost/floor.ts";
import { busyParts, idleMonth, idleParts, monthOf, type Platform } from "./cost/month.ts";
import { PLATFORMS } from "./cost/platforms.ts";
import { add, type Counts, ITEMS, PRICES, REGION, usdOf, usdOfItem, WRITTEN } from "./cost/prices.ts";
import { parts, workflow } from "./cost/rivals.ts";
import { type Written, writesOf } from "./cost/writes.ts";

/** Digits as the counts have them: three, and no more than cents from a dollar on. */
const usd = (value: number): string => (value >= 1 ? value.toFixed(2) : `${Number(value.toPrecision(2))}`);
/** In millionths of a dollar. */
const micro = (value: number): string => {
  const millionths = value * 1e6;
  return millionths >= 100 ? Math.round(millionths).toLocaleString("en") : `${Number(millionths.toPrecision(2))}`;
};
const thousands = (value: number): string => Math.round(value).toLocaleString("en");
const table = (head: readonly string[], align: string, rows: readonly (readonly string[])[]): string =>
  [
    `| ${head.join(" | ")} |`,
    `| ${[...align].map((side) => (side === "r" ? "---:" : "---")).join(" | ")} |`,
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ].join("\n");

const COLUMNS = [
  ["Lambda", ["Lambda"]],
  ["DynamoDB", ["DynamoDB"]],
  ["SQS", ["SQS"]],
  ["logs, metrics", ["CloudWatch"]],
  ["others", ["API Gateway", "EventBridge", "S3", "Secrets Manager", "KMS", "SNS", "Data transfer"]],
] as const;

const ofServices = (counts: Counts, services: readonly string[]): number =>
  ITEMS.filter((item) => services.includes(PRICES[item].service)).reduce(
    (sum, item) => sum + usdOfItem(item, counts[item] ?? 0),
    0,
  );

const THINGS = [
  ...["report ignored", "report reviewed", "report paused", "report disabled", "order", "batch of 500"],
  ...[
    "idle audit",
    "audit of 1 k",
    "audit of 10 k",
    "audit of 100 k",
    "clock sweep",
    "clock sweep with cases",
    "notify sweep",
    "canary",
  ],
] as const;

function thingsTable(counted: Counted): string {
  const rows = THINGS.map((name) => {
    const counts = one(counted, name);
    const services = COLUMNS.map(([, names]) => micro(ofServices(counts, names)));
    const units = [counts.writeUnits ?? 0, counts.readUnits ?? 0, counts.lambdaGbSeconds ?? 0];
    return [
      name,
      `**${micro(usdOf(counts))}**`,
      ...services,
      ...units.map((count) => `${Number(count.toPrecision(2))}`),
    ];
  });
  const head = ["one", "µ$", ...COLUMNS.map(([name]) => name), "write units", "read units", "GB-s"];
  return table(head, "lrrrrrrrrr", rows);
}

const sorted = (all: Readonly<Record<string, Counts>>): [string, number][] =>
  Object.entries(all)
    .map(([name, counts]): [string, number] => [name, usdOf(counts)])
    .filter(([, cost]) => cost >= 0.005)
    .sort(([, one], [, other]) => other - one);

const total = (all: Readonly<Record<string, Counts>>): number => usdOf(add(...Object.values(all)));

function idleTable(counted: Counted): string {
  const floor = floorOfIdleMonth(counted);
  const rows = sorted(idleParts(counted)).map(([name, cost]) => [name, usd(cost)]);
  const least = sorted(floor).map(([name, cost]) => [name, usd(cost)]);
  const ours = usdOf(idleMonth(counted));
  return `${table(["an idle month", "$"], "lr", [...rows, ["**in all, with the log kept**", `**${usd(ours)}**`]])}

The floor, the same promises with the least that they need:

${table(["the floor of an idle month", "$"], "lr", [...least, ["**in all**", `**${usd(total(floor))}**`]])}

offair's idle month is **${(ours / total(floor)).toFixed(2)} times** the floor.`;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;
function platformsTable(counted: Counted): string {
  const row = (what: string, tell: (platform: Platform) => string) => [what, ...PLATFORMS.map(tell)];
  const services = COLUMNS.map(([name, names]) =>
    row(`${name}, $`, (platform) => usd(ofServices(monthOf(counted, platform), names))),
  );
  return table(["", ...PLATFORMS.map(({ name }) => name)], "lrrrr", [
    row("reports a day", ({ reportsADay }) => thousands(reportsADay)),
    row("reviewed, paused, disabled", ({ shares }) =>
      [shares.reviewed, shares.paused, shares.disabled].map(percent).join(", "),
    ),
    row("orders of operators a day", ({ ordersADay }) => thousands(ordersADay)),
    row("batches of 500 a month", ({ batchesAMonth }) => thousands(batchesAMonth)),
    row("streams that each hourly audit lists", ({ disabledStreams }) => thousands(disabledStreams)),
    row("further secrets: users, subscribers, sources", ({ furtherSecrets }) => thousands(furtherSecrets)),
    row("canary", ({ isWithCanary }) => (isWithCanary ? "on" : "off")),
    ...services,
    row("**a month, $**", (platform) => `**${usd(usdOf(monthOf(counted, platform)))}**`),
    row("of it without a report, $", (platform) => usd(total(idleParts(counted, platform)))),
    row("the largest causes, $", (platform) =>
      sorted({ ...idleParts(counted, platform), ...busyParts(counted, platform) })
        .slice(0, 3)
        .map(([name, cost]) => `${name} ${usd(cost)}`)
        .join("; "),
    ),
  ]);
}

function writesTable(scene: Scene, steps: readonly Step[]): string {
  const digits = (count: number) => `${Number(count.toFixed(1))}`;
  const all = writesOf(scene, steps).toSorted((one, other) => other.units - other.floor - (one.units - one.floor));
  const sum = (of: (written: Written) => number) => all.reduce((total, each) => total + of(each), 0);
  const rows = all.map(({ item, requests, units, floor }) => [item, ...[requests, units, floor].map(digits)]);
  const totals = [sum((each) => each.requests), sum((each) => each.units), sum((each) => each.floor)];
  const last = ["**in all**", ...totals.map((total) => `**${digits(total)}**`)];
  return table(["item", "requests", "write units", "write units of the floor"], "lrrr", [...rows, last]);
}

function floorTable(counted: Counted): string {
  const scene = sceneOf(counted, "report disabled");
  const steps = floorOfDisable(scene);
  const [ours, floor] = [usdOf(one(counted, "report disabled")), usdOf(costOfSteps(scene, steps))];
  const rivals = [usdOf(parts(scene)), usdOf(workflow(scene))] as const;
  const rows = steps.map(({ what, why, counts }) => [what, why, micro(usdOf(counts))]);
  return `${table(["request", "why", "µ$"], "llr", [...rows, ["**in all, with Lambda and logs**", "", `**${micro(floor)}**`]])}

A report that disables costs **${micro(ours)} µ$**, ${(ours / floor).toFixed(2)} times the floor. What it writes to the ledger:

${writesTable(scene, steps)}

The usual parts (middy, Powertools' idempotency and logger, one event on a bus) cost ${micro(rivals[0])} µ$ for less: they write no
decision before the call, keep no order of a stream's calls, no limits, no pace and no evidence, and do not read back; so offair costs
${(ours / rivals[0]).toFixed(1)} times as much. The usual part for those promises, a standard workflow of Step Functions with a state for each step, costs
${micro(rivals[1])} µ$: offair costs ${(ours / rivals[1]).toFixed(2)} of it.`;
}

const TURNS = [
  ["the canary", "`canary: off`", "13 alarms, a secret, a metric and 730 runs less"],
  ["the dashboard", "an account's first three are free", "3.00 less than the table says"],
  [
    "logs",
    "`logRetentionDays`",
    "the lines are paid once when they are written, and a twentieth of it for each month kept",
  ],
  [
    "subscribers",
    "`events` of each in policy.yml",
    "each event that a subscriber does not ask for is no delivery: about three writes and a read",
  ],
  [
    "a pause's proof",
    "`pauses: { statistics: false }`",
    "one message, one invocation and one call to Live less for each pause; pauses without a callback stay unproven",
  ],
  [
    "reports that no rule acts on",
    "`minScore` at the sender",
    "a report that is not sent costs nothing; an ignored one has its decision in the ledger",
  ],
  ["the rotation of the keys", "`rotationDays`", "off in the tables; on, it adds a metric (0.30) and 730 runs"],
  ["traces", '`xray: "true"`', "adds 5.00 for a million traced invocations (us-east-1)"],
] as const;

export function costPage(counted: Counted): string {
  const waits = Object.entries(WAIT_MS)
    .map(([service, ms]) => `${service} ${ms}`)
    .join(", ");
  const prices = ITEMS.filter((item) => item !== "stateTransitions").map((item) => {
    const { service, of, usd: price, per, url, dated } = { dated: undefined, ...PRICES[item] };
    return [`[${service}](${url})`, of, `${price}`, thousands(per), dated ?? "not read"];
  });
  return `# What it costs

<!-- Generated by \`npm run docs\` from bench/cost/counts.json, which \`npm run bench -- cost\` writes. -->

Every request to a service of AWS was counted on the local stack (${counted.at.slice(0, 10)}, Node ${counted.node}), with the packaged functions, and priced at
the list prices of ${REGION} in US dollars, without tax and **without free tiers**. A month has ${MONTH_HOURS} hours; a µ$ is a millionth of a dollar. Huawei
Cloud's own bill is not in it.

## A month, by the size of the platform

${platformsTable(counted)}

## An idle month

${idleTable(counted)}

AWS's free tiers, if nothing else in the account uses them, take off 10 metrics and 10 metrics of alarms (4.00), three dashboards, a million requests of SQS
(0.40), a million requests and 400,000 GB-seconds of Lambda, 5 GB of logs and 25 GB of DynamoDB.

## One of each

Reports are sent one after another, so that each is a message and an invocation of its own; at a higher rate they share them. Events go to the bus and
to one subscriber. Environments are warm. What is stored is counted for one month, as if nothing expired.

${thingsTable(counted)}

## What to turn

${table(["what", "how", "effect"], "lll", TURNS)}

## The floor and the rivals

The least requests that a report which disables needs with the same promises, and why. The sizes of the items are offair's.

${floorTable(counted)}

## What is assumed

- How long a function waits for one request, in ms: ${waits}. Requests that overlap count as one wait.
- CPU time is measured here, and a function of 512 MB has ${(512 / MB_OF_A_CORE).toFixed(2)} of a core: it takes ${(MB_OF_A_CORE / 512).toFixed(2)} times as long there.
- A batch of 500 is one plan of 500 streams which one person applied; it was counted from the plan until nothing
  happened after the last result. ${thousands(sceneOf(counted, "batch of 500").operations["notify dynamodb PutItem EVENT N"]?.requests ?? 0)} of its events are in it; the others were left to the next sweep.
- An hourly function starts cold, ${COLD_START_MS} ms. Log lines are kept for ${KEPT_MONTHS} months.
- An event source mapping polls an empty queue with ${POLLERS} polls of ${POLL_SECONDS} s each ([AWS](https://repost.aws/knowledge-center/sqs-high-charges)); AWS promises no number.
- The ledger's request units follow [AWS's rules](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.md) from the sizes of the items and of
  their copies in the indexes; a deletion by TTL is free.

## The prices

Written on ${WRITTEN}. The date is that of AWS's price list which had the price. *Not read*: an older published price, which was not
compared with the list.

${table(["service", "of", "$", "for", "list of"], "llrrl", prices)}
`;
}
