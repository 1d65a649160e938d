/**
 * The operations on a stack, one resource a step: create, update, import and delete, and the rollback after a failure.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
 */
import { type Account, type PhysicalResource, ResourceFault } from "./account.ts";
import { resolveProperties } from "./resolve.ts";
import { isReplacedBy, ruleOf } from "./rules.ts";
import { addEvent, type ChangeSetRecord, type StackRecord, type StoredResource } from "./stack-record.ts";
import type { StackResource } from "./template.ts";

export interface Operation {
  readonly stack: StackRecord;
  readonly account: Account;
  readonly token: string | undefined;
  /** Of ExecuteChangeSet: a rollback deletes what it created, whatever its DeletionPolicy is. */
  readonly retainExceptOnCreate: boolean;
}

/** How to roll back one step of a failed operation. */
type Undo = () => void;

export function* executeChangeSet(operation: Operation, changeSet: ChangeSetRecord): Generator<void> {
  const { stack } = operation;
  const isCreation = changeSet.type === "CREATE" || (changeSet.type === "IMPORT" && !stack.stored);
  const kind = changeSet.type === "IMPORT" ? "IMPORT" : isCreation ? "CREATE" : "UPDATE";
  setStatus(operation, `${kind}_IN_PROGRESS`);
  if (kind === "CREATE") stack.stored = changeSet.submitted; // GetTemplate returns it also after a rollback
  yield;
  const undos: Undo[] = [];
  const { template } = changeSet.submitted;
  try {
    for (const [id, resource] of template.resources) {
      const change = changeSet.changes.find((each) => each.id === id);
      if (!change) continue;
      if (change.action === "Import")
        undos.push(importResource(operation, id, resource, changeSet.imports.get(id) ?? ""));
      else if (change.action === "Add") undos.push(createResource(operation, id, resource));
      else undos.push(updateResource(operation, id, resource));
      yield;
    }
  } catch (error) {
    if (!(error instanceof ResourceFault)) throw error;
    yield* rollBack(operation, kind, undos, error.message);
    return;
  }
  stack.stored = changeSet.submitted;
  for (const { id } of changeSet.changes.filter(({ action }) => action === "Remove")) {
    const retained = changeSet.changes.find((each) => each.id === id)?.policyAction === "Retain";
    removeResource(operation, id, retained);
    yield;
  }
  stack.outputs = new Map(
    Object.entries(template.outputs).map(([key, { Value }]) => [
      key,
      String(resolveProperties(Value, stack, operation.account, `Outputs.${key}`)),
    ]),
  );
  setStatus(operation, `${kind}_COMPLETE`);
}

/** A failed creation ends in ROLLBACK_COMPLETE: such a stack can only be deleted. */
function* rollBack(operation: Operation, kind: string, undos: readonly Undo[], reason: string): Generator<void> {
  const prefix = kind === "CREATE" ? "ROLLBACK" : `${kind}_ROLLBACK`;
  setStatus(operation, `${prefix}_IN_PROGRESS`, `The following resource(s) failed: ${reason}`);
  for (const undo of [...undos].reverse()) {
    undo();
    yield;
  }
  setStatus(operation, `${prefix}_COMPLETE`);
}

export function* deleteStack(operation: Operation): Generator<void> {
  const { stack } = operation;
  setStatus(operation, "DELETE_IN_PROGRESS", "User Initiated");
  yield;
  const failed: string[] = [];
  for (const id of [...stack.resources.keys()].reverse()) {
    const policy = stack.stored?.template.resources.get(id)?.DeletionPolicy ?? "Delete";
    if (!removeResource(operation, id, policy !== "Delete")) failed.push(id);
    yield;
  }
  if (failed.length === 0) setStatus(operation, "DELETE_COMPLETE");
  else setStatus(operation, "DELETE_FAILED", `The following resource(s) failed to delete: [${failed.join(", ")}].`);
}

function createResource(operation: Operation, id: string, resource: StackResource): Undo {
  const { stack, account, retainExceptOnCreate } = operation;
  const { Type: type, DeletionPolicy: policy = "Delete" } = resource;
  report(operation, id, { type, id: "", status: "CREATE_IN_PROGRESS" });
  const created = attempt(operation, id, type, "CREATE_FAILED", () =>
    account.create(type, id, propertiesOf(operation, id, resource), stack.id),
  );
  store(operation, id, created, "CREATE_COMPLETE");
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
  const stays = policy === "Retain" && !retainExceptOnCreate;
  return () => {
    // A resource that refuses to be deleted stays, without a stack.
    if (!removeResource(operation, id, stays)) {
      created.owner = undefined;
      stack.resources.delete(id);
    }
  };
}

function updateResource(operation: Operation, id: string, resource: StackResource): Undo {
  const { stack, account } = operation;
  const { Type: type } = resource;
  const stored = stack.resources.get(id);
  const physical = stored && account.find(type, stored.name);
  if (!stored || !physical) throw new ResourceFault(`Resource ${id} does not exist`);
  const before = physical.properties;
  const after = propertiesOf(operation, id, resource);
  const changed = Object.keys({ ...before, ...after }).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  if (changed.some((name) => isReplacedBy(type, name)))
    return replaceResource(operation, id, resource, physical, after);
  attempt(operation, id, type, "UPDATE_FAILED", () => account.update(physical, id, after));
  store(operation, id, physical, "UPDATE_COMPLETE");
  return () => {
    physical.properties = before;
    store(operation, id, physical, "UPDATE_COMPLETE");
  };
}

/** The new resource is created first; the old one is deleted or kept by its UpdateReplacePolicy. */
function replaceResource(
  operation: Operation,
  id: string,
  { Type: type, UpdateReplacePolicy }: StackResource,
  old: PhysicalResource,
  properties: PhysicalResource["properties"],
): Undo {
  const { stack, account } = operation;
  const { name } = ruleOf(type);
  const created = attempt(operation, id, type, "UPDATE_FAILED", () => {
    if (name !== undefined && properties[name] === old.name && type !== "AWS::S3::BucketPolicy")
      throw new ResourceFault(
        `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${old.name} and update the stack again.`,
      );
    return account.create(type, id, properties, stack.id);
  });
  store(operation, id, created, "UPDATE_COMPLETE");
  if (UpdateReplacePolicy === "Retain") old.owner = undefined;
  else account.delete(old);
  return () => {
    account.delete(created);
    old.owner = stack.id;
    store(operation, id, old, "UPDATE_COMPLETE");
  };
}

function importResource(operation: Operation, id: string, resource: StackResource, name: string): Undo {
  const { stack, account } = operation;
  const { Type: type } = resource;
  const physical = attempt(operation, id, type, "IMPORT_FAILED", () => {
    const found = account.find(type, name) ?? account.all(type).find((each) => each.id === name);
    if (!found) throw new ResourceFault(`Resource of type '${type}' with identifier '${name}' was not found.`);
    return found;
  });
  physical.owner = stack.id;
  store(operation, id, physical, "IMPORT_COMPLETE");
  return () => {
    physical.owner = undefined;
    stack.resources.delete(id);
  };
}

/** @returns false if the resource refused to be deleted. */
function removeResource(operation: Operation, id: string, stays: boolean): boolean {
  const { stack, account } = operation;
  const stored = stack.resources.get(id);
  const physical = stored && account.find(stored.type, stored.name);
  if (!stored) return true;
  if (physical && stays) {
    physical.owner = undefined;
    report(operation, id, { ...stored, status: "DELETE_SKIPPED" });
  } else {
    try {
      if (physical) account.delete(physical);
      report(operation, id, { ...stored, status: "DELETE_COMPLETE" });
    } catch (error) {
      if (!(error instanceof ResourceFault)) throw error;
      report(operation, id, { ...stored, status: "DELETE_FAILED" }, error.message);
      stored.status = "DELETE_FAILED";
      return false;
    }
  }
  stack.resources.delete(id);
  return true;
}

const propertiesOf = ({ stack, account }: Operation, id: string, { Properties }: StackResource) =>
  resolveProperties(Properties, stack, account, id) as PhysicalResource["properties"];

/** Reports a refusal as an event of the resource, and passes it on. */
function attempt<T>(operation: Operation, id: string, type: string, status: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ResourceFault) report(operation, id, { type, id: "", status }, error.message);
    throw error;
  }
}

function store(operation: Operation, logicalId: string, { type, id, name }: PhysicalResource, status: string): void {
  operation.stack.resources.set(logicalId, { type, id, name, status });
  report(operation, logicalId, { type, id, status });
}

function report(
  { stack, token }: Operation,
  logicalId: string,
  { type, id, status }: Pick<StoredResource, "type" | "id" | "status">,
  reason?: string,
): void {
  addEvent(stack, { status, token, reason }, { logicalId, physicalId: id, type });
}

function setStatus({ stack, token }: Operation, status: string, reason?: string): void {
  stack.status = status;
  stack.statusReason = reason;
  addEvent(stack, { status, token, reason });
}
