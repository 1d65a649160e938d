/**
 * Finds out which retained resources a deployment must adopt: they stayed after a removal, or after a first deployment that failed, and
 * creating them again would fail because their names are in use. CloudFormation adopts them by a change set of the type IMPORT, which may
 * change nothing else: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-manually.html
 */
import { isRetained, type Resource, type Template } from "./template.ts";

/** The values of pseudo parameters. */
export type Pseudo = Readonly<Record<string, string>>;

/** A retained resource that is in the template but not in the stack, and by which name it would be found. */
export interface Candidate {
  readonly id: string;
  readonly type: AdoptableType;
  readonly name: string;
}

/** The property with the name. A secret is imported by its ARN (`Id`), which is looked up by its name. */
const NAMED_BY = {
  "AWS::DynamoDB::Table": "TableName",
  "AWS::S3::Bucket": "BucketName",
  "AWS::S3::BucketPolicy": "Bucket",
  "AWS::SecretsManager::Secret": "Name",
} as const;
export type AdoptableType = keyof typeof NAMED_BY;

const isAdoptable = (type: string): type is AdoptableType => Object.hasOwn(NAMED_BY, type);

/** What the stack has already, also under another logical id, did not stay behind. */
export function adoptionCandidates(template: Template, deployed: Template | undefined, pseudo: Pseudo): Candidate[] {
  const identity = (of: Template, resource: Resource) => `${resource.Type} ${nameOf(of, resource, pseudo)}`;
  const owned = new Set(Object.values(deployed?.Resources ?? {}).map((each) => identity(deployed as Template, each)));
  return Object.entries(template.Resources).flatMap(([id, resource]) => {
    const { Type: type } = resource;
    if (owned.has(identity(template, resource)) || !isRetained(resource) || !isAdoptable(type)) return [];
    if (deployed?.Resources[id]) return [];
    const name = nameOf(template, resource, pseudo);
    return name === undefined ? [] : [{ id, type, name }];
  });
}

/** The fixed name of a resource; undefined if CloudFormation chooses the name. */
export function nameOf(template: Template, { Type, Properties }: Resource, pseudo: Pseudo): string | undefined {
  const value = isAdoptable(Type) ? Properties?.[NAMED_BY[Type]] : undefined;
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return undefined;
  const sub: unknown = Reflect.get(value, "Fn::Sub");
  if (typeof sub === "string") return substitute(sub, pseudo);
  const ref: unknown = Reflect.get(value, "Ref");
  const target = typeof ref === "string" ? template.Resources[ref] : undefined;
  return target && nameOf(template, target, pseudo);
}

function substitute(text: string, pseudo: Pseudo): string | undefined {
  const known = text.replace(/\$\{([^${}]+)\}/g, (all, name: string) => pseudo[name] ?? all);
  return known.includes("${") ? undefined : known;
}

/** A candidate that exists, with what identifies it for an import. */
export interface Adopted extends Candidate {
  readonly identifier: Readonly<Record<string, string>>;
}

/** @param arn - of a secret */
export const identifierOf = ({ type, name }: Candidate, arn?: string): Adopted["identifier"] =>
  type === "AWS::SecretsManager::Secret" ? { Id: arn ?? name } : { [NAMED_BY[type]]: name };

/** The deployed template with the adopted resources, and nothing else. */
export function importTemplate(
  deployed: Template | undefined,
  template: Template,
  adopted: readonly Adopted[],
): Template {
  const added = adopted.map(({ id }) => [id, template.Resources[id]]);
  return {
    ...(deployed ?? { AWSTemplateFormatVersion: "2010-09-09" }),
    Resources: { ...deployed?.Resources, ...Object.fromEntries(added) },
  };
}
