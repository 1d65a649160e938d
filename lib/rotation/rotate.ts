/**
 * The four steps of a rotation function of Secrets Manager, for the access key of one Huawei user. Each step may be repeated at any time,
 * also after a crash. https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
import { OffairError } from "../core/errors.ts";
import { logInfo, logWarn } from "../core/log.ts";
import { SECOND_MS } from "../core/time.ts";
import { keyName } from "../huawei/admission/key-breaker.ts";
import type { AccessKeys } from "../huawei/iam/access-keys.ts";
import { parseRotatablePair, type RotatablePair, withKey } from "../huawei/iam/rotatable-pair.ts";
import { planCreation } from "./plan-creation.ts";
import type { Rotation, RotationRecord, RotationStore } from "./rotation-record.ts";

export interface SecretValue {
  readonly version: string;
  readonly value: string;
}

/** The versions of one secret. */
export interface SecretVersions {
  current(): Promise<SecretValue>;
  /** The staging labels of a version; none if there is no such version. */
  labels(version: string): Promise<readonly string[]>;
  /** @returns undefined if the version has no value. */
  read(version: string): Promise<string | undefined>;
  /** Stores a value as the pending version. */
  putPending(version: string, value: string): Promise<void>;
  promote(change: { readonly from: string; readonly to: string }): Promise<void>;
}

/** Calls that one key pair signs. */
export interface PairClients {
  readonly keys: AccessKeys;
  /** One harmless call to Live: resolves if Live accepts the key. */
  readonly prove: () => Promise<void>;
}

export interface RotationDeps {
  /** Named in the log. */
  readonly user: string;
  readonly secret: SecretVersions;
  readonly store: RotationStore;
  readonly connect: (pair: RotatablePair, version: string) => PairClients;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  readonly remainingMs: () => number;
  /** How long a refused key is not used. */
  readonly lockMs: number;
  /** Longer than an attempt to create and store a key can take. */
  readonly attemptMs: number;
  /** How long a new key is left alone before its first use. */
  readonly effectiveMs: number;
}

/** Share of an attempt in which the call to create a key must be sent. The rest is for the call itself, and for storing the key. */
const SEND_WITHIN = 1 / 3;
/** The longest duration of a step, without its waits. */
const WORK_MS = 60 * SECOND_MS;
/** At least three are needed: deleting, waiting and creating. */
const MAX_STEPS = 6;

/**
 * Runs one step.
 *
 * @param token - the secret's version that gets the new key.
 * @throws OffairError `ERR_ROTATION` if a person has to act; `ERR_SECRET`, `ERR_LEDGER` and the errors of IAM if the step may be repeated.
 */
export async function rotate(step: Step, token: string, deps: RotationDeps): Promise<void> {
  const labels = await deps.secret.labels(token);
  if (labels.includes("AWSCURRENT")) {
    await note(token, (known) => ({ ...known, promotedAt: known.promotedAt ?? deps.now() }), deps);
  } else if (labels.includes("AWSPENDING")) {
    await STEPS[step](token, deps);
  } else {
    const message = `The version ${token} is not a pending version of the secret: the rotation was cancelled, or another one began.`;
    throw new OffairError("ERR_ROTATION", message);
  }
}

async function createSecret(token: string, deps: RotationDeps): Promise<void> {
  const { secret, store, connect, now, attemptMs } = deps;
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    const current = await secret.current();
    const pair = parseRotatablePair(current.value);
    const pending = await secret.read(token);
    const { keys } = connect(pair, current.version);
    const stored = await store.read();
    const step = planCreation({
      ...{ token, currentAk: pair.ak, keys: await keys.list(), rotation: stored?.record.rotation, now: now() },
      attemptMs,
      pendingAk: pending === undefined ? undefined : parseRotatablePair(pending).ak,
    });
    if (step.do === "keep") return;
    if (step.do === "refuse") throw new OffairError("ERR_ROTATION", step.why);
    if (step.do === "wait") await waitUntil(step.until, deps);
    if (step.do === "delete") {
      logWarn("rotation.left-over-key-deleted", { user: deps.user, key: keyName(step.ak) });
      await keys.remove(step.ak);
    }
    if (step.do === "create") {
      await write({ ...stored?.record, rotation: step.rotation }, stored?.revision, store);
      const created = await keys.create({
        sendBy: new Date(step.rotation.attemptAt.getTime() + attemptMs * SEND_WITHIN),
      });
      await secret.putPending(token, withKey(pair, created));
      logInfo("rotation.key-created", { user: deps.user, key: keyName(created.ak) });
      return;
    }
  }
  throw new OffairError(
    "ERR_LIVE_UNAVAILABLE",
    "Huawei's list of access keys does not show the keys that were created and deleted",
  );
}

/** Huawei activates a key when it is created, so there is nothing to set. @throws OffairError `ERR_ROTATION` without a pending value. */
async function setSecret(token: string, deps: RotationDeps): Promise<void> {
  await pendingPair(token, deps);
}

/** Proves the new key while the old key still works. Live may refuse a new key for some time, and locks it at the sixth refusal in a row. */
async function testSecret(token: string, deps: RotationDeps): Promise<void> {
  const { connect, store, now, sleep, remainingMs, lockMs, effectiveMs } = deps;
  const pending = await deps.secret.read(token);
  // Secrets Manager runs this step alone, without a value of this version, when a rotation is configured:
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html, RotateImmediately
  const tested = pending === undefined ? await deps.secret.current() : { version: token, value: pending };
  const { prove } = connect(parseRotatablePair(tested.value), tested.version);
  const { rotation } = (await store.read())?.record ?? {};
  if (rotation?.token === token) await waitUntil(new Date(rotation.attemptAt.getTime() + effectiveMs), deps);
  for (;;) {
    try {
      await prove();
      break;
    } catch (error) {
      const isRefused = error instanceof OffairError && error.code === "ERR_LIVE_SIGNATURE";
      const waitMs = lockMs + SECOND_MS; // until then the key circuit breaker admits no call
      if (!isRefused || remainingMs() < waitMs + WORK_MS) throw error;
      logWarn("rotation.key-refused", { user: deps.user, againInMs: waitMs });
      await sleep(waitMs);
    }
  }
  if (pending !== undefined) await note(token, (known) => ({ ...known, provenAt: now() }), deps);
}

/** Makes the proven key the current one. */
async function finishSecret(token: string, deps: RotationDeps): Promise<void> {
  const { secret, store, now } = deps;
  const { version: from, value } = await secret.current();
  await pendingPair(token, deps);
  const { rotation } = (await store.read())?.record ?? {};
  if (rotation?.token !== token || !rotation.provenAt) throw new OffairError("ERR_ROTATION", UNPROVEN);
  if (rotation.oldKey !== keyName(parseRotatablePair(value).ak)) throw new OffairError("ERR_ROTATION", REPLACED);
  await note(token, (known) => ({ ...known, promotingAt: now() }), deps);
  await secret.promote({ from, to: token });
  logInfo("rotation.key-promoted", { user: deps.user });
  await note(token, (known) => ({ ...known, promotedAt: known.promotedAt ?? now() }), deps);
}

const UNPROVEN = "The new key was never proven at Live, so it does not become the current one.";
const REPLACED =
  "A person stored another pair during the rotation, so the new key does not replace it. Remove the label AWSPENDING from its version, delete at Huawei the key that is not in the secret, and rotate again.";

const STEPS = { createSecret, setSecret, testSecret, finishSecret };
export type Step = keyof typeof STEPS;

async function pendingPair(token: string, { secret }: RotationDeps): Promise<RotatablePair> {
  const value = await secret.read(token);
  if (value !== undefined) return parseRotatablePair(value);
  throw new OffairError("ERR_ROTATION", `The secret has no value in version ${token}: createSecret comes first.`);
}

/** Changes the record of the rotation `token`; that of another rotation stays. */
async function note(token: string, change: (known: Rotation) => Rotation, { store }: RotationDeps): Promise<void> {
  const stored = await store.read();
  const rotation = stored?.record.rotation;
  if (!stored || rotation?.token !== token) return;
  await write({ ...stored.record, rotation: change(rotation) }, stored.revision, store);
}

/** @throws OffairError `ERR_LEDGER`: nothing was done. */
export async function write(record: RotationRecord, before: string | undefined, store: RotationStore): Promise<void> {
  if (await store.write(record, before)) return;
  throw new OffairError("ERR_LEDGER", "another invocation changed the record of the rotation");
}

async function waitUntil(until: Date, { now, sleep, remainingMs }: RotationDeps): Promise<void> {
  const waitMs = until.getTime() - now().getTime();
  if (waitMs <= 0) return;
  if (remainingMs() < waitMs + WORK_MS)
    throw new OffairError("ERR_BUSY", `too little time is left to wait until ${until.toISOString()}`);
  await sleep(waitMs);
}
