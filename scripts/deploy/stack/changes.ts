/** Formats the changes of a change set, and refuses those that need `--replace`. Pure. */
import type { ResourceChange } from "@aws-sdk/client-cloudformation";
import type { Out } from "../../../cli/terminal/output.ts";

/** In the order of the list. */
const KINDS = ["adopt", "add", "modify", "replace", "remove"] as const;
export type Kind = (typeof KINDS)[number];

export interface Change {
  readonly kind: Kind;
  readonly id: string;
  readonly type: string;
  /** Properties that change, and what happens to a removed resource. */
  readonly detail: string;
  readonly isSecurity: boolean;
}

/** Types of resources with rights or keys. */
const SECURITY =
  /^AWS::(IAM::|KMS::|SecretsManager::|Lambda::Permission|ApiGatewayV2::(Route|Integration|Authorizer)|(S3::Bucket|SQS::Queue|SNS::Topic)Policy)/;

export function toChange(change: ResourceChange): Change {
  const { LogicalResourceId: id = "", ResourceType: type = "" } = change;
  return { kind: kindOf(change), id, type, detail: detailOf(change), isSecurity: SECURITY.test(type) };
}

/** `Conditional` is decided when the change set is executed, so it counts as a replacement. */
function kindOf({ Action, Replacement }: ResourceChange): Kind {
  if (Action === "Add") return "add";
  if (Action === "Import") return "adopt";
  if (Action === "Remove") return "remove";
  return Replacement === "True" || Replacement === "Conditional" ? "replace" : "modify";
}

function detailOf({ Action, Details = [], Replacement, PolicyAction, Scope = [] }: ResourceChange): string {
  if (Action === "Remove") return PolicyAction === "Retain" ? "the resource itself stays" : "";
  if (Action !== "Modify") return "";
  const names = Details.map(({ Target }) => Target?.Name ?? Target?.Attribute ?? "").filter((name) => name !== "");
  const what = [...new Set(names.length > 0 ? names : Scope)].join(", ");
  return Replacement === "Conditional" ? `${what}; whether it is replaced is decided on execution` : what;
}

/** By kind, then by type, then by name, so that the order is always the same. */
export const sortChanges = (changes: readonly Change[]): Change[] =>
  [...changes].sort(
    (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || compare(a.type, b.type) || compare(a.id, b.id),
  );

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const SIGNS: Readonly<Record<Kind, string>> = { adopt: "=", add: "+", modify: "~", replace: "!", remove: "-" };
const COLOURS = { adopt: "cyan", add: "green", modify: "yellow", replace: "red", remove: "red" } as const;

export function changeLine({ kind, id, type, detail, isSecurity }: Change, paint: Out["paint"]): string {
  const what = paint(COLOURS[kind], `${SIGNS[kind]} ${kind.padEnd(7)}`);
  const notes = [detail && ` (${detail})`, isSecurity ? `  ${paint("magenta", "[security]")}` : ""].join("");
  return `  ${what} ${type.replace(/^AWS::/, "")} ${id}${notes}`;
}

/** As in `adds 3, modifies 1`. */
export function countText(changes: readonly Change[]): string {
  const verbs: Readonly<Record<Kind, string>> = {
    ...{ adopt: "adopts", add: "adds", modify: "modifies", replace: "replaces", remove: "removes" },
  };
  const counts = KINDS.map((kind) => [kind, changes.filter((change) => change.kind === kind).length] as const);
  return counts
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${verbs[kind]} ${count}`)
    .join(", ");
}

/** Resources whose replacement loses evidence, the ledger, the audit key or the URL that senders use. */
const LOSSES: Readonly<Record<string, string>> = {
  Ledger: "the new table is empty: reports, decisions and orders are not in it",
  Archive: "the new bucket is empty: the audit chain would start again",
  AuditKeySecret: "the audit key would be another one: the audit chain would end",
  HttpApi: "the URL would be another one: every sender and every operator would have to change it",
};
/** The secret of a Huawei user, by its logical id in resources/huawei-users.cjs. CloudFormation deletes a secret without a recovery window. */
const USER_SECRET = /^Live(Worker|Audit)[2-8]?Secret$/;
const KEY_LOST = "the access key in it would be deleted for good, and Huawei shows no secret key twice";

function lossOf(id: string): string | undefined {
  if (USER_SECRET.test(id)) return KEY_LOST;
  return Object.hasOwn(LOSSES, id) ? LOSSES[id] : undefined;
}

/**
 * @param allowed - the names given by `--replace`.
 * @returns a line for each resource that would be replaced or removed without being allowed to.
 */
export function refusedReplacements(changes: readonly Change[], allowed: readonly string[]): string[] {
  return changes.flatMap(({ kind, id, type, detail }) => {
    const loss = lossOf(id);
    if (loss === undefined || (kind !== "replace" && kind !== "remove") || allowed.includes(id)) return [];
    const how = kind === "replace" ? `would be replaced (${detail})` : "would be removed from the stack";
    return [`${id} (${type}) ${how}: ${loss}`];
  });
}

export const isReplaceable = (name: string): boolean => lossOf(name) !== undefined;
/** The names that `--replace` may have. */
export const REPLACEABLE = [...Object.keys(LOSSES), "Live…Secret"].join(", ");
