/** The demo on the packaged template with something of its IAM taken away: it fails at the step that needs it, and names what is missing. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { startWorld, WORKER_SECRET, type World } from "../../local/demo/world.ts";

const ROOT = join(import.meta.dirname, "../..");
const ACCOUNT = "000000000000";

interface Statement {
  Sid?: string;
  Action: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
  Principal?: unknown;
}
interface Document {
  Statement: Statement[];
}
type Resources = Record<
  string,
  {
    Type: string;
    Properties: {
      Policies?: { PolicyDocument: Document }[];
      PolicyDocument?: Document;
      AssumeRolePolicyDocument?: Document;
    };
  }
>;

let packaged: PackagedAlone;
beforeAll(async () => {
  packaged = await packageAlone();
});
afterAll(() => packaged?.remove());

/** A changed template, beside the zips of the untouched one. */
function changed(change: (resources: Resources) => void): string {
  const template = JSON.parse(readFileSync(packaged.templatePath, "utf8"));
  change(template.Resources);
  const path = join(dirname(packaged.templatePath), "changed.json");
  writeFileSync(path, JSON.stringify(template));
  return path;
}

/** Plays the demo on a changed template. */
async function demo(change: (resources: Resources) => void): Promise<{ code: number; said: string }> {
  const path = changed(change);
  const child = spawn(process.execPath, [join(ROOT, "local/start.ts"), "--once", "--template", path], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, said: `${out}${err}` };
}

const documentsOf = (resources: Resources, role: string): Document[] =>
  (resources[role]?.Properties.Policies ?? []).map(({ PolicyDocument }) => PolicyDocument);

/** Removes the action from every statement of the role. */
const without = (role: string, action: string) => (resources: Resources) => {
  let removed = 0;
  for (const document of documentsOf(resources, role)) {
    document.Statement = document.Statement.flatMap((statement) => {
      const actions = [statement.Action].flat();
      const left = actions.filter((each) => each !== action);
      removed += actions.length - left.length;
      return left.length === 0 ? [] : [{ ...statement, Action: left }];
    });
  }
  if (removed === 0) throw new Error(`${role} does not have ${action}`);
};

const session = (role: string, name: string) => `arn:aws:sts::${ACCOUNT}:assumed-role/offair-local-${role}/${name}`;
const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:${ACCOUNT}:${rest}`;

it("passes on the untouched template", async () => {
  expect(await demo(() => {})).toMatchObject({ code: 0, said: expect.not.stringContaining("DENIED") });
});

describe("without one right of a role", () => {
  it.each([
    ["WebhookRole", "webhook", "sqs:SendMessage", "report", arn("sqs", "offair-local-BulkQueue")],
    ["WorkerRole", "worker", "dynamodb:PutItem", "paused", arn("dynamodb", "table/offair-local-ledger")],
    ["AuditRole", "audit", "s3:PutObject", "audit", '"arn:aws:s3:::offair-local-archive-'],
    ["IncidentRole", "incident", "dynamodb:UpdateItem", "enforce", arn("dynamodb", "table/offair-local-ledger")],
  ])("%s: the demo of %s without %s fails at %s", async (role, name, action, step, resource) => {
    const { code, said } = await demo(without(role, action));
    const shown = action.startsWith("sqs:") ? action.toLowerCase() : action;
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining(`FAIL ${step}`) });
    const user = session(role, `offair-local-${name}`);
    expect(said).toContain(`DENIED User: ${user} is not authorized to perform: ${shown} on resource: ${resource}`);
    expect(said).toContain(`because no identity-based policy allows the ${shown} action`);
  });

  it("SchedulerRole: the hour's audit is not started, and waits among the dead letters", async () => {
    const { code, said } = await demo(without("SchedulerRole", "lambda:InvokeFunction"));
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining("FAIL audit") });
    const user = session("SchedulerRole", "AuditSchedulerSchedule1");
    const call = `lambda:InvokeFunction on resource: ${arn("lambda", "function:offair-local-audit")}`;
    expect(said).toContain(`DENIED User: ${user} is not authorized to perform: ${call}`);
  });
});

describe("without one right of a role that only a schedule uses", () => {
  const canary = ({ stack }: World) => stack.runSchedule(new Date(), "canary");
  const rotate = ({ stack }: World) => stack.rotateSecret(WORKER_SECRET, { retries: 0 });
  const check = ({ stack }: World) => stack.runSchedule(new Date(), "rotate");

  /** What became of it, and the calls that were refused. */
  async function refusedIn(role: string, action: string, run: (world: World) => Promise<unknown>) {
    const ports = { gateway: 0 };
    const world = await startWorld({
      ...{ templatePath: changed(without(role, action)), ports, asyncWaitScale: 0 },
      environment: { CANARY_WAIT_S: "3" },
    });
    const refused = new Set<string>();
    world.stack.onDenied(({ principal, call }) => void refused.add(`${principal.split("/").at(-2)} ${call.action}`));
    try {
      const outcome = await run(world).catch((error: unknown) => String(error));
      return { outcome, refused: [...refused] };
    } finally {
      await world.close();
    }
  }

  it.each([
    ["CanaryRole", "secretsmanager:GetSecretValue", canary],
    ["CanaryRole", "dynamodb:GetItem", canary],
    ["CanaryRole", "dynamodb:UpdateItem", canary],
    ["RotateRole", "secretsmanager:DescribeSecret", rotate],
    ["RotateRole", "secretsmanager:PutSecretValue", rotate],
    ["RotateRole", "dynamodb:PutItem", rotate],
    ["RotateRole", "dynamodb:GetItem", check],
  ])("%s: what %s is for fails, and the call is named", async (role, action, run) => {
    const { outcome, refused } = await refusedIn(role, action, run);
    expect(refused).toEqual([`offair-local-${role} ${action}`]);
    expect(outcome).toEqual(run === canary ? expect.objectContaining({ result: "broken" }) : expect.any(String));
  });

  it.each([
    ["canary", canary],
    ["rotate", check],
  ])("SchedulerRole: %s is not started", async (_, run) => {
    const { outcome, refused } = await refusedIn("SchedulerRole", "lambda:InvokeFunction", run);
    expect(refused).toEqual(["offair-local-SchedulerRole lambda:InvokeFunction"]);
    expect(outcome).toMatch(/is not authorized to perform: lambda:InvokeFunction/);
  });
});

describe("the stack does not start with a template that AWS would refuse:", () => {
  it("a role that its function cannot assume", async () => {
    const { code, said } = await demo(({ IncidentRole }) => {
      const [statement] = IncidentRole?.Properties.AssumeRolePolicyDocument?.Statement ?? [];
      if (statement) statement.Principal = { Service: "edgelambda.amazonaws.com" };
    });
    expect(code).not.toBe(0);
    expect(said).toContain("the role IncidentRole cannot be assumed by lambda.amazonaws.com");
  });

  it("a function that may not read the queue of its event source mapping", async () => {
    const { code, said } = await demo(without("WorkerRole", "sqs:ReceiveMessage"));
    expect(code).not.toBe(0);
    expect(said).toMatch(/the function's role cannot read the queue: .* sqs:receivemessage on resource: .*UrgentQueue/);
  });

  it("a policy with an effect that IAM does not know", async () => {
    const { code, said } = await demo((resources) => {
      for (const { Statement } of documentsOf(resources, "AuditRole"))
        Object.assign(Statement[0] ?? {}, { Effect: "Yes" });
    });
    expect(code).not.toBe(0);
    expect(said).toContain("AuditRole");
  });
});

describe("the conditions", () => {
  it("a queue whose policy does not name the webhook among its senders refuses it explicitly", async () => {
    const { code, said } = await demo(({ BulkQueuePolicy }) => {
      for (const { Sid, Condition } of BulkQueuePolicy?.Properties.PolicyDocument?.Statement ?? []) {
        if (Sid === "OnlyItsSenders" && Condition)
          Condition.ArnNotEquals = { "aws:PrincipalArn": ["arn:aws:iam::1:role/x"] };
      }
    });
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining("FAIL report") });
    expect(said).toMatch(/DENIED .* sqs:sendmessage .* with an explicit deny in a resource-based policy/);
  });

  it("a role without the key of the mode cannot read it, though it may read the table", async () => {
    const { code, said } = await demo((resources) => {
      for (const { Statement } of documentsOf(resources, "WorkerRole")) {
        for (const { Condition } of Statement) {
          const keys = Condition?.["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"];
          if (Array.isArray(keys)) keys.splice(0, keys.length, ...keys.filter((key) => key !== "CONTROL"));
        }
      }
    });
    expect({ code, said }).toMatchObject({ code: 1, said: expect.stringContaining("FAIL paused") });
    expect(said).toMatch(/DENIED .*WorkerRole.* dynamodb:GetItem on resource: .*ledger because no identity-based/);
  });
});
