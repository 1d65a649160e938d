/** Four commands at once, each a process: three requests run at the same time, and the fourth one is refused and repeated. */
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { OPERATORS, startWorld } from "../../local/demo/world.ts";
import { REGION } from "../../local/stack/stack.ts";
import { jsonLines, offairProcess } from "../cli/offair.ts";

/** Time for which Live keeps each list back, so that the requests overlap. */
const SLOW_MS = 2_000;
const WHY = ["--reason", "INC-881", "--json"];
const room = (name: string): string => `push.example.com/live/${name}`;

let packaged: PackagedAlone;
beforeAll(async () => {
  packaged = await packageAlone();
});
afterAll(() => packaged?.remove());

it.each([500 as const, 503 as const])(
  "all succeed, although Lambda refuses one of them (%i)",
  async (throttledStatus) => {
    const options = { templatePath: packaged.templatePath, ports: { gateway: 0 }, recycleProbability: 0 };
    const world = await startWorld({ ...options, throttledStatus });
    try {
      const { stack, simulator } = world;
      simulator?.addFault({ kind: "delay", ms: SLOW_MS, match: { method: "GET", path: "stream/blocks" } });
      const run = (person: keyof typeof OPERATORS, ...args: string[]) =>
        offairProcess([...args, ...WHY], {
          OFFAIR_URL: stack.gatewayUrl,
          AWS_REGION: REGION,
          AWS_ACCESS_KEY_ID: OPERATORS[person].accessKeyId,
          AWS_SECRET_ACCESS_KEY: OPERATORS[person].secretAccessKey,
          AWS_EC2_METADATA_DISABLED: "true",
        });
      const ended = await Promise.all([
        run("alice", "plan", "--disable", room("a"), room("b")),
        run("bob", "plan", "--disable", room("c")),
        run("alice", "plan", "--disable", room("e")),
        run("carol", "disable", room("d"), "--for", "24h", "--yes"),
      ]);
      expect(ended.map(({ code, stderr }) => [code, code === 0 ? "" : stderr])).toEqual(
        [0, 0, 0, 0].map(() => [0, ""]),
      );
      const said = ended.map(({ stderr }) => stderr).join("");
      expect(said).toContain(`offair: the function is busy, or failed (${throttledStatus}): trying again (2 of 10)\n`);

      const { Items = [] } = await DynamoDBDocumentClient.from(stack.clients.dynamo).send(
        new ScanCommand({
          TableName: stack.table,
          FilterExpression: "begins_with(pk, :op)",
          ExpressionAttributeValues: { ":op": "OPERATOR#op-" },
        }),
      );
      const made = (sk: string) =>
        Items.filter((item) => item.sk === sk)
          .map((item) => item.orderId)
          .sort();
      const ids = ended.map((each) => String(jsonLines(each).at(-1)?.orderId));
      expect(made("PLAN")).toEqual(ids.slice(0, 3).sort());
      expect(made("ORDER#000000")).toEqual(ids.slice(3));
      expect(simulator?.calls().filter(({ method }) => method === "POST")).toHaveLength(1);
    } finally {
      await world.close();
    }
  },
);
