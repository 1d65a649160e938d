/** The stand-ins of a deployment on the loopback address: one server for all services but S3, with one account for each key pair. */
import { randomUUID } from "node:crypto";
import { AwsError, type SignatureErrors } from "../aws/aws-error.ts";
import { verifySigV4 } from "../aws/sigv4.ts";
import { type HttpAnswer, type HttpRequest, serveStandIn } from "../aws/stand-in.ts";
import { type Storage, startStorage } from "../aws/storage.ts";
import { createTraffic, type Traffic } from "../aws/traffic.ts";
import { Account } from "./account.ts";
import { CloudFormation } from "./cloudformation.ts";
import { JSON_CALLS, lambdaAccountSettings } from "./json-services.ts";
import { QueryInput, queryAnswer, queryError } from "./query-protocol.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html */
const SIGNATURE_ERRORS: SignatureErrors = {
  missing: [403, "MissingAuthenticationToken"],
  malformed: [400, "IncompleteSignature"],
  scope: [403, "SignatureDoesNotMatch"],
  "unknown-key": [403, "InvalidClientTokenId"],
  skewed: [403, "RequestExpired"],
  "unsigned-header": [403, "SignatureDoesNotMatch"],
  mismatch: [403, "SignatureDoesNotMatch"],
  payload: [403, "SignatureDoesNotMatch"],
};

const NAMESPACES: Readonly<Record<string, string>> = {
  cloudformation: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
  sts: "https://sts.amazonaws.com/doc/2011-06-15/",
};

/** A call as tests and faults name it: `cloudformation:CreateChangeSet`. */
export interface DeploymentCall {
  readonly operation: string;
}

export interface DeploymentStandIns extends Traffic<DeploymentCall> {
  /** For AWS_ENDPOINT_URL. */
  readonly url: string;
  readonly storage: Storage;
  /** By access key id, which is also the secret. */
  account(key: string): Account;
  /** The stacks of the account, deleted ones too. */
  stacks(key: string): CloudFormation["stacks"];
  close(): Promise<void>;
}

/**
 * @param accounts - account id by access key id; the secret access key is the same text.
 * @param newId - returns hexadecimal digits, for generated names.
 */
export async function startDeploymentStandIns(
  region: string,
  accounts: Readonly<Record<string, string>>,
  newId?: (length: number) => string,
): Promise<DeploymentStandIns> {
  const secretOf = (key: string): string | undefined => (Object.hasOwn(accounts, key) ? key : undefined);
  const verify = (request: HttpRequest) => verifySigV4(request, secretOf, { now: new Date() });
  const storage = await startStorage({
    iam: {
      credentialsOf: (key) => (secretOf(key) === undefined ? undefined : { accessKeyId: key, secretAccessKey: key }),
      authorize: () => undefined, // whether the deployer's policy suffices is a test of docs/deploy.md
    },
  });
  const { count, meet, ...traffic } = createTraffic<DeploymentCall>();
  const worlds = new Map(
    Object.entries(accounts).map(([key, id]) => {
      const account = new Account(id, region, storage, newId);
      return [key, { account, cloudFormation: new CloudFormation(account, (url) => fetchTemplate(storage, url)) }];
    }),
  );
  const worldOf = (key: string) => {
    const world = worlds.get(key);
    if (!world) throw new Error(`no account has the key ${key}`);
    return world;
  };

  function answer(request: HttpRequest): HttpAnswer {
    const caller = verify(request);
    const world = worldOf(caller.accessKeyId);
    if (caller.region !== region) throw new AwsError(400, "ValidationError", `nothing is in ${caller.region}`);
    const call = callOf(request, caller.service);
    count(call.operation);
    return meet(call, () => {
      if (caller.service === "lambda") return jsonAnswer(lambdaAccountSettings(world.account));
      const target = request.headers["x-amz-target"];
      if (target !== undefined) {
        const run = JSON_CALLS[target];
        if (!run) throw new AwsError(400, "UnknownOperationException", `This stand-in does not implement ${target}.`);
        return jsonAnswer(run(JSON.parse(request.body.toString()), world.account));
      }
      const input = new QueryInput(request.body);
      const result = caller.service === "sts" ? identity(world.account) : world.cloudFormation.execute(input);
      return queryAnswer(input.action, NAMESPACES[caller.service] ?? "", result);
    });
  }

  const server = await serveStandIn({
    maxBodyBytes: 2 * 1024 * 1024,
    tooLarge: new AwsError(413, "RequestEntityTooLarge", "The body is too long."),
    signatureErrors: SIGNATURE_ERRORS,
    answer: (request) => {
      try {
        return answer(request);
      } catch (error) {
        if (!(error instanceof AwsError) || request.headers["x-amz-target"] === undefined) throw error;
        return { ...jsonAnswer({ __type: error.code, message: error.message }), status: error.status };
      }
    },
    errorAnswer: queryError,
  });
  return {
    ...traffic,
    url: server.url,
    storage,
    account: (key) => worldOf(key).account,
    stacks: (key) => worldOf(key).cloudFormation.stacks,
    async close() {
      await Promise.all([server.close(), storage.close()]);
    },
  };
}

function callOf({ headers, body, path }: HttpRequest, service: string): DeploymentCall {
  const target = headers["x-amz-target"]?.split(".").at(-1);
  const action = target ?? new URLSearchParams(body.toString()).get("Action");
  return { operation: `${service}:${action ?? (path.endsWith("/account-settings") ? "GetAccountSettings" : path)}` };
}

const identity = ({ id }: Account) => ({
  ...{ Account: id, Arn: `arn:aws:iam::${id}:user/deployer`, UserId: "AIDAEXAMPLE" },
});

const jsonAnswer = (body: object): HttpAnswer => ({
  status: 200,
  headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() },
  body: JSON.stringify(body),
});

/** The address of an object, with the bucket in the host name or in the path. */
function fetchTemplate(storage: Storage, url: string): string | undefined {
  const { hostname, pathname } = new URL(url);
  const [, inHost] = /^(.+)\.s3[.-]/.exec(hostname) ?? [];
  const [first = "", ...rest] = decodeURIComponent(pathname).slice(1).split("/");
  const [bucket, key] = inHost === undefined ? [first, rest.join("/")] : [inHost, [first, ...rest].join("/")];
  const bytes = storage.read(bucket, key);
  return bytes && Buffer.from(bytes).toString();
}
