/**
 * The resources of one AWS account in one region, which exist with or without a stack. A name is in use until its resource is deleted,
 * and some resources refuse to be deleted.
 */
import { randomBytes } from "node:crypto";
import type { Storage } from "../aws/storage.ts";
import { ruleOf } from "./rules.ts";

export interface PhysicalResource {
  readonly type: string;
  /** What `Ref` returns. */
  readonly id: string;
  /** The custom name, or the generated one. */
  readonly name: string;
  properties: Readonly<Record<string, unknown>>;
  /** The stack that owns it. */
  owner: string | undefined;
  /** Of a secret: the number of values that it has had. */
  versions: number;
}

/** A refusal of the service, in the words of CloudFormation's events. */
export class ResourceFault extends Error {
  override readonly name = "ResourceFault";
}

export class Account {
  readonly id: string;
  readonly region: string;
  readonly #storage: Storage;
  readonly #resources = new Map<string, PhysicalResource>();
  /** By logical id: the next creation or update fails with this reason. */
  readonly faults = new Map<string, string>();
  /** Parameters of Systems Manager: all values of each, the oldest first. */
  readonly parameters = new Map<string, { type: string; values: string[] }>();
  /** Lambda's quota; the smallest one that an account can have is 10. */
  concurrencyLimit = 1_000;
  /** A request for a larger quota that is open. */
  quotaRequest: number | undefined;

  readonly #newId: (length: number) => string;

  /** @param newId - returns random hexadecimal digits, for generated names. */
  constructor(id: string, region: string, storage: Storage, newId: (length: number) => string = randomHex) {
    this.id = id;
    this.#newId = newId;
    this.region = region;
    this.#storage = storage;
  }

  find(type: string, name: string): PhysicalResource | undefined {
    return this.#resources.get(`${type} ${name}`);
  }

  all(type?: string): PhysicalResource[] {
    return [...this.#resources.values()].filter((each) => type === undefined || each.type === type);
  }

  /** @throws ResourceFault if the name is in use. */
  create(type: string, logicalId: string, properties: PhysicalResource["properties"], owner: string): PhysicalResource {
    this.#fail(logicalId);
    const { name: property } = ruleOf(type);
    const custom = property === undefined ? undefined : properties[property];
    const stackName = owner.split("/")[1] ?? owner;
    const generated = `${stackName}-${logicalId}-${this.#newId(12)}`;
    const name = typeof custom === "string" ? custom : type === "AWS::S3::Bucket" ? generated.toLowerCase() : generated;
    if (this.find(type, name)) {
      throw new ResourceFault(
        type === "AWS::S3::BucketPolicy"
          ? `The bucket policy already exists on bucket ${name}.`
          : `Resource of type '${type}' with identifier '${name}' already exists. (HandlerErrorCode: AlreadyExists)`,
      );
    }
    if (type === "AWS::S3::Bucket") this.#storage.createBucket(name, {});
    if (type === "AWS::S3::BucketPolicy") this.#storage.setPolicy(name, JSON.stringify(properties.PolicyDocument));
    const created = { type, name, properties, owner, versions: 1, id: this.#ref(type, name) };
    this.#resources.set(`${type} ${name}`, created);
    return created;
  }

  update(resource: PhysicalResource, logicalId: string, properties: PhysicalResource["properties"]): void {
    this.#fail(logicalId);
    resource.properties = properties;
  }

  /** @throws ResourceFault if the resource refuses. */
  delete(resource: PhysicalResource): void {
    const { type, name, properties } = resource;
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html#WorkingWithTables.Basics.DeletionProtection
    if (type === "AWS::DynamoDB::Table" && properties.DeletionProtectionEnabled === true)
      throw new ResourceFault(`Resource cannot be deleted as it is currently protected against deletion. (${name})`);
    if (type === "AWS::S3::Bucket") {
      if (this.#storage.keys(name).length > 0)
        throw new ResourceFault(`The bucket you tried to delete is not empty (${name})`);
      this.#storage.deleteBucket(name);
      this.#resources.delete(`AWS::S3::BucketPolicy ${name}`);
    }
    if (type === "AWS::S3::BucketPolicy" && this.find("AWS::S3::Bucket", name))
      this.#storage.setPolicy(name, undefined);
    this.#resources.delete(`${type} ${name}`);
  }

  /** The sum of what the functions reserve. */
  reservedConcurrency(): number {
    return this.all("AWS::Lambda::Function").reduce((sum, { properties }) => {
      const reserved = properties.ReservedConcurrentExecutions;
      return sum + (typeof reserved === "number" ? reserved : 0);
    }, 0);
  }

  #fail(logicalId: string): void {
    const reason = this.faults.get(logicalId);
    this.faults.delete(logicalId);
    if (reason !== undefined) throw new ResourceFault(reason);
  }

  #ref(type: string, name: string): string {
    const arn = (service: string, rest: string): string => `arn:aws:${service}:${this.region}:${this.id}:${rest}`;
    if (type === "AWS::SecretsManager::Secret") return arn("secretsmanager", `secret:${name}-${this.#newId(6)}`);
    if (type === "AWS::SNS::Topic") return arn("sns", name);
    if (type === "AWS::SQS::Queue") return `https://sqs.${this.region}.amazonaws.com/${this.id}/${name}`;
    if (type === "AWS::ApiGatewayV2::Api") return this.#newId(10);
    return name;
  }
}

const randomHex = (length: number): string => randomBytes(length).toString("hex").slice(0, length);
