/** The parts of a template that CloudFormation reads: resources with their policies, conditions, and the order of creation. */
import * as z from "zod";

const resourceSchema = z.looseObject({
  Type: z.string(),
  Condition: z.string().optional(),
  DependsOn: z.union([z.string().transform((id) => [id]), z.array(z.string())]).default([]),
  DeletionPolicy: z.enum(["Delete", "Retain", "RetainExceptOnCreate"]).optional(),
  UpdateReplacePolicy: z.enum(["Delete", "Retain"]).optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
const templateSchema = z.looseObject({
  Parameters: z.record(z.string(), z.looseObject({ Default: z.unknown() })).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown() })).default({}),
});
export type StackResource = z.infer<typeof resourceSchema>;
export interface StackTemplate {
  readonly resources: ReadonlyMap<string, StackResource>;
  readonly outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** Resources whose condition is false are left out. @throws Error if the text is not a template. */
export function readStackTemplate(text: string): StackTemplate {
  const whole: unknown = JSON.parse(text);
  const { Parameters } = templateSchema.parse(whole);
  const { Conditions, Resources, Outputs } = templateSchema.parse(withDefaults(whole, Parameters));
  const wanted = Object.entries(Resources).filter(
    ([, { Condition }]) => Condition === undefined || holds(Conditions[Condition]),
  );
  return { resources: inOrder(new Map(wanted)), outputs: Outputs };
}

/** Replaces each reference to a parameter by its default: a deployment gives no values. */
function withDefaults(value: unknown, parameters: Readonly<Record<string, { readonly Default?: unknown }>>): unknown {
  if (Array.isArray(value)) return value.map((item) => withDefaults(item, parameters));
  if (typeof value !== "object" || value === null) return value;
  if ("Ref" in value && typeof value.Ref === "string" && Object.hasOwn(parameters, value.Ref))
    return String(parameters[value.Ref]?.Default);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withDefaults(item, parameters)]));
}

/** Conditions over literal texts, because the framework has inserted the parameters. */
function holds(condition: unknown): boolean {
  const [[name, list] = []] = Object.entries(z.record(z.string(), z.array(z.unknown())).parse(condition));
  if (name === "Fn::Not") return !holds(list?.[0]);
  if (name === "Fn::Equals") return list?.[0] === list?.[1];
  throw new Error(`the condition ${name} is unknown to the stand-in`);
}

/** Logical ids that a value refers to. */
export function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (key === "Ref" && typeof item === "string") return [item];
    if (key === "Fn::GetAtt") return [String(Array.isArray(item) ? item[0] : String(item).split(".")[0])];
    const nested = referencesIn(item);
    if (key !== "Fn::Sub") return nested;
    const text = String(Array.isArray(item) ? item[0] : item);
    return [...nested, ...[...text.matchAll(/\$\{([A-Za-z0-9]+)(?:\.[^}]*)?\}/g)].map(([, id = ""]) => id)];
  });
}

/** Orders the resources so that each follows the ones that it refers to. */
function inOrder(resources: ReadonlyMap<string, StackResource>): Map<string, StackResource> {
  const ordered = new Map<string, StackResource>();
  const visit = (id: string, path: readonly string[]): void => {
    const resource = resources.get(id);
    if (!resource || ordered.has(id)) return;
    if (path.includes(id)) throw new Error(`Circular dependency between resources: [${path.join(", ")}]`);
    for (const other of [...resource.DependsOn, ...referencesIn(resource.Properties)]) visit(other, [...path, id]);
    ordered.set(id, resource);
  };
  for (const id of resources.keys()) visit(id, []);
  return ordered;
}
