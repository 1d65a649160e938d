/**
 * The account's IAM: roles, their sessions, and the resources' policies. It starts with one identity, the stack's own (`local`), an
 * administrator that creates the resources, and with which tests and the demo read. Every other caller is the session of a role.
 */
import { randomBytes } from "node:crypto";
import type { AwsCall, Context, Place } from "./aws-call.ts";
import { type Denial, denialText } from "./denial.ts";
import { checkPolicies, createEvaluator, type Principal } from "./evaluate.ts";
import type { Policy } from "./policy.ts";

export interface Role {
  /** Logical id in the template: `WebhookRole`. */
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly trust: Policy;
  readonly policies: Readonly<Record<string, Policy>>;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The key pair of the stack itself. */
export const ADMINISTRATOR: Credentials = { accessKeyId: "local", secretAccessKey: "local" };

export interface IamOptions {
  /** Called for each call of a role that is allowed. */
  readonly onUse?: (role: Role, call: AwsCall) => void;
  /** Called for each call that is refused. */
  readonly onDenied?: (denial: Denial) => void;
}

export type Iam = ReturnType<typeof createIam>;

/** Supplied with every call. `SecureTransport` is true, because the stand-ins use HTTP on the loopback address in the place of AWS's HTTPS. */
const requestContext = ({ region, accountId }: Place): Context => ({
  "aws:SecureTransport": "true",
  "aws:RequestedRegion": region,
  "aws:ResourceAccount": accountId,
});

export function createIam(place: Place, { onUse, onDenied }: IamOptions = {}) {
  const evaluate = createEvaluator();
  const roles = new Map<string, Role>();
  const sessions = new Map<string, { credentials: Credentials; principal: Principal; role: Role }>();
  const resourcePolicies = new Map<string, Policy>();
  const { accountId } = place;

  /** A bucket's policy applies to its objects. */
  const policyOf = (resource: string) => resourcePolicies.get(resource.replace(/^(arn:aws:s3:::[^/]+)\/.*$/s, "$1"));

  function decide(principal: Principal, call: AwsCall, resourcePolicy = policyOf(call.resource)): Denial | undefined {
    const verdict = evaluate({ principal, call, resourcePolicy, accountId });
    if (verdict === "allowed") return undefined;
    return { principal: principal.name, call, verdict };
  }

  function refuse(denial: Denial | undefined): Denial | undefined {
    if (denial) onDenied?.(denial);
    return denial;
  }

  const serviceOf = (name: string, context: Context): Principal => ({
    name,
    policies: {},
    context: {
      ...requestContext(place),
      ...{ "aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": name, "aws:SourceAccount": accountId },
      ...context,
    },
  });

  return {
    /** Adds a role, as CreateRole does. @throws Error for a policy that AWS would not accept. */
    async putRole(role: Role): Promise<void> {
      const call = { action: "sts:AssumeRole", resource: role.arn, context: {} };
      await checkPolicies({ principal: principalOf(role, "check"), call, resourcePolicy: undefined, accountId });
      roles.set(role.arn, role);
    },

    /** @throws Error for a policy that AWS would not accept. */
    async putResourcePolicy(arn: string, policy: Policy, action: string): Promise<void> {
      const principal = serviceOf("cloudwatch.amazonaws.com", {});
      await checkPolicies({
        principal,
        call: { action, resource: arn, context: {} },
        resourcePolicy: policy,
        accountId,
      });
      resourcePolicies.set(arn, policy);
    },

    /**
     * Starts a session of a role for an AWS service, if the role's trust policy allows it.
     *
     * @throws Error that names the service and the role.
     */
    assumeRole(service: string, roleArn: string, session: string): Credentials {
      const role = roles.get(roleArn);
      if (!role) throw new Error(`IAM: there is no role ${roleArn}`);
      const call = { action: "sts:AssumeRole", resource: roleArn, context: {} };
      const denial = refuse(decide(serviceOf(service, {}), call, role.trust));
      if (denial) throw new Error(`the role ${role.id} cannot be assumed by ${service}: ${denialText(denial)}`);
      const credentials = {
        accessKeyId: `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`,
        secretAccessKey: randomBytes(20).toString("hex"),
        sessionToken: randomBytes(32).toString("hex"),
      };
      sessions.set(credentials.accessKeyId, { credentials, role, principal: principalOf(role, session) });
      return credentials;
    },

    /** The credentials of an access key id; undefined if it is unknown. */
    credentialsOf: (accessKeyId: string): Credentials | undefined =>
      accessKeyId === ADMINISTRATOR.accessKeyId ? ADMINISTRATOR : sessions.get(accessKeyId)?.credentials,

    /**
     * Decides the calls that a request needs. Returns the first refusal.
     *
     * @param accessKeyId - of a caller whose signature was verified.
     */
    authorize(accessKeyId: string, calls: readonly AwsCall[]): Denial | undefined {
      const session = sessions.get(accessKeyId);
      if (!session) return undefined; // the administrator: no other key has a secret
      for (const call of calls) {
        const denial = refuse(decide(session.principal, call));
        if (denial) return denial;
        onUse?.(session.role, call);
      }
      return undefined;
    },

    /** Decides a call that an AWS service makes by itself: only the resource's policy can allow it. */
    authorizeService: (service: string, call: AwsCall): Denial | undefined =>
      refuse(decide(serviceOf(service, call.context), call)),
  };

  function principalOf({ arn, name, policies }: Role, session: string): Principal {
    return {
      name: `arn:aws:sts::${accountId}:assumed-role/${name}/${session}`,
      policies,
      context: {
        ...requestContext(place),
        ...{ "aws:PrincipalArn": arn, "aws:PrincipalAccount": accountId, "aws:PrincipalType": "AssumedRole" },
        "aws:PrincipalIsAWSService": "false",
      },
    };
  }
}
