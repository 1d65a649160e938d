/** The scenes that docs/deploy.md shows. Each is what `npm run deploy` prints when it is played against the stand-ins. */
import { reducedPackage } from "./reduced-package.ts";
import { createDeployWorld, type DeployWorld, PARAMETER, type PlayOptions, REGION } from "./world.ts";

const YES = { answers: ["y", "y"] } as const;
const DEPLOY = "--stage prod";

/** By the name of its place in the page. */
const SCENES: Readonly<Record<string, (world: DeployWorld) => Promise<string>>> = {
  "first-deployment": (world) => record(world, DEPLOY, YES),

  async upgrade(world) {
    await world.play(DEPLOY, YES);
    storeSecrets(world);
    world.aws.account("deployer").parameters.get(PARAMETER)?.values.push("f".repeat(32));
    const upgraded = reducedPackage("prod", REGION, {
      added: { BulkQueue: { Type: "AWS::SQS::Queue", Properties: { VisibilityTimeout: 180 } } },
      properties: { IncidentLambdaFunction: { Timeout: 29 }, WorkerRole: { Policies: [] } },
    });
    return record(world, DEPLOY, { answers: ["y"], packaged: upgraded });
  },

  async "refused-replacement"(world) {
    await world.play(DEPLOY, YES);
    storeSecrets(world);
    const KeySchema = [{ AttributeName: "stream", KeyType: "HASH" }];
    const packaged = reducedPackage("prod", REGION, { properties: { Ledger: { KeySchema } } });
    return record(world, DEPLOY, { packaged });
  },

  "wrong-region": (world) => record(world, DEPLOY, { environmentRegion: "us-east-1" }),

  "missing-quota"(world) {
    world.aws.account("deployer").concurrencyLimit = 10;
    return record(world, DEPLOY);
  },

  async removal(world) {
    await world.play(DEPLOY, YES);
    return record(world, `${DEPLOY} --remove`, { answers: ["prod"] });
  },

  async adoption(world) {
    await world.play(DEPLOY, YES);
    storeSecrets(world);
    await world.play(`${DEPLOY} --remove`, { answers: ["prod"] });
    return record(world, DEPLOY, YES);
  },
};

async function record(world: DeployWorld, args: string, options?: PlayOptions): Promise<string> {
  const { exit, text } = await world.play(args, options);
  return `$ npm run deploy -- ${args}\n${text}exit code ${exit}\n`;
}

function storeSecrets(world: DeployWorld): void {
  for (const secret of world.aws.account("deployer").all("AWS::SecretsManager::Secret")) secret.versions += 1;
}

/** Plays every scene, each in a world of its own. */
export async function playScenes(): Promise<Readonly<Record<string, string>>> {
  const texts: [string, string][] = [];
  for (const [name, play] of Object.entries(SCENES)) {
    const world = await createDeployWorld();
    try {
      texts.push([name, await play(world)]);
    } finally {
      await world.close();
    }
  }
  return Object.fromEntries(texts);
}
