/**
 * The resources of each Huawei user: its secret and its rotation schedule. serverless.yml evaluates this file, because CloudFormation
 * repeats no resource, and a condition for each possible user would be in every template.
 */
const MAX_USERS = 8;
const PARAMETERS = { worker: "workerUsers", audit: "auditUsers" };

/** `worker`, `worker-2`, …; as in lib/huawei/users.ts. */
const usersOf = (pool, count) =>
  Array.from({ length: count }, (_, index) => ({
    name: index === 0 ? pool : `${pool}-${index + 1}`,
    id: `Live${pool[0].toUpperCase()}${pool.slice(1)}${index === 0 ? "" : index + 1}`,
  }));

async function readCount(parameter, resolveVariable) {
  const value = await resolveVariable(`param:${parameter}`);
  const count = /^\d$/.test(value) ? Number(value) : 0;
  if (count >= 1 && count <= MAX_USERS) return count;
  throw new Error(`${parameter} is ${JSON.stringify(value)}: write a number from 1 to ${MAX_USERS}`);
}

// A person stores the value of a secret once; deployments keep it as long as the initial text here is unchanged.
const secretOf = (name, stage) => ({
  Type: "AWS::SecretsManager::Secret",
  Properties: { Name: `offair/${stage}/live/${name}`, SecretString: "{}" },
});

const rotationOf = (secret) => ({
  Type: "AWS::SecretsManager::RotationSchedule",
  Condition: "RotationIsOn",
  DependsOn: "RotatePermission",
  Properties: {
    SecretId: { Ref: secret },
    RotationLambdaARN: { "Fn::GetAtt": ["RotateLambdaFunction", "Arn"] },
    RotationRules: { AutomaticallyAfterDays: { Ref: "RotationDays" } },
    RotateImmediatelyOnUpdate: false, // a deployment changes no key
  },
});

module.exports = async ({ resolveVariable }) => {
  const stage = await resolveVariable("sls:stage");
  const pools = Object.entries(PARAMETERS).map(async ([pool, parameter]) =>
    usersOf(pool, await readCount(parameter, resolveVariable)),
  );
  const resources = (await Promise.all(pools)).flat().flatMap(({ name, id }) => [
    [`${id}Secret`, secretOf(name, stage)],
    [`${id}Rotation`, rotationOf(`${id}Secret`)],
  ]);
  return { Resources: Object.fromEntries(resources) };
};
