/**
 * Computes a change set as CloudFormation does: from the difference of two templates, without asking the services.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
 */
import { isDeepStrictEqual } from "node:util";
import { isReplacedBy } from "./rules.ts";
import { referencesIn, type StackResource, type StackTemplate } from "./template.ts";

export interface ComputedChange {
  readonly action: "Add" | "Modify" | "Remove" | "Import";
  readonly id: string;
  readonly type: string;
  readonly replacement?: "True" | "False" | "Conditional";
  /** Of a removal or a replacement. */
  readonly policyAction?: "Delete" | "Retain" | "ReplaceAndDelete" | "ReplaceAndRetain";
  readonly details: readonly ComputedDetail[];
}

export interface ComputedDetail {
  /** `Properties`, or another attribute of the resource. */
  readonly attribute: string;
  readonly name?: string;
  readonly recreation: "Never" | "Conditionally" | "Always";
  readonly evaluation: "Static" | "Dynamic";
  /** The resource whose replacement causes it. */
  readonly cause?: string;
}

/** @param imported - logical ids that are imported. @throws Error for a change that CloudFormation refuses. */
export function computeChanges(
  before: StackTemplate | undefined,
  after: StackTemplate,
  imported: ReadonlySet<string> = new Set(),
): ComputedChange[] {
  const old = before?.resources ?? new Map<string, StackResource>();
  const removed = [...old].filter(([id]) => !after.resources.has(id));
  const direct = [...after.resources].flatMap(([id, resource]): ComputedChange[] => {
    const { Type: type } = resource;
    if (imported.has(id)) return [{ action: "Import", id, type, details: [] }];
    const previous = old.get(id);
    if (!previous) return [{ action: "Add", id, type, details: [] }];
    if (previous.Type !== type)
      throw new Error(
        `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${id}]`,
      );
    const details = directDetails(previous, resource);
    return details.length > 0 ? [modification(id, resource, details)] : [];
  });
  const replaced = new Set(direct.filter(({ replacement }) => replacement === "True").map(({ id }) => id));
  const dependent = [...after.resources].flatMap(([id, resource]) => {
    if (!old.has(id) || direct.some((change) => change.id === id)) return [];
    const details = dependentDetails(resource, replaced);
    return details.length > 0 ? [modification(id, resource, details)] : [];
  });
  return [
    ...direct,
    ...dependent,
    ...removed.map(([id, { Type: type, DeletionPolicy }]): ComputedChange => {
      const policyAction = DeletionPolicy === undefined || DeletionPolicy === "Delete" ? "Delete" : "Retain";
      return { action: "Remove", id, type, policyAction, details: [] };
    }),
  ];
}

function directDetails(before: StackResource, after: StackResource): ComputedDetail[] {
  const names = new Set([...Object.keys(before.Properties), ...Object.keys(after.Properties)]);
  const properties = [...names]
    .filter((name) => !isDeepStrictEqual(before.Properties[name], after.Properties[name]))
    .map(
      (name): ComputedDetail => ({
        ...{ attribute: "Properties", name, evaluation: "Static" },
        recreation: isReplacedBy(after.Type, name) ? "Always" : "Never",
      }),
    );
  const policies = (["DeletionPolicy", "UpdateReplacePolicy"] as const)
    .filter((attribute) => before[attribute] !== after[attribute])
    .map((attribute): ComputedDetail => ({ attribute, recreation: "Never", evaluation: "Static" }));
  return [...properties, ...policies];
}

/** A property that refers to a replaced resource may change; whether it does is known on execution. */
function dependentDetails({ Type, Properties }: StackResource, replaced: ReadonlySet<string>): ComputedDetail[] {
  return Object.entries(Properties).flatMap(([name, value]): ComputedDetail[] => {
    const cause = referencesIn(value).find((id) => replaced.has(id));
    if (cause === undefined) return [];
    const recreation = isReplacedBy(Type, name) ? "Conditionally" : "Never";
    return [{ attribute: "Properties", name, evaluation: "Dynamic", recreation, cause }];
  });
}

function modification(id: string, resource: StackResource, details: readonly ComputedDetail[]): ComputedChange {
  const { Type: type, UpdateReplacePolicy } = resource;
  const has = (recreation: ComputedDetail["recreation"]) => details.some((detail) => detail.recreation === recreation);
  const replacement = has("Always") ? "True" : has("Conditionally") ? "Conditional" : "False";
  const policyAction = UpdateReplacePolicy === "Retain" ? "ReplaceAndRetain" : "ReplaceAndDelete";
  return { action: "Modify", id, type, replacement, details, ...(replacement !== "False" && { policyAction }) };
}
