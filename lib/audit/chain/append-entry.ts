/**
 * Appends an audit to the chain. Before its entry come a rotation, if the signing key changed, and one entry for each missed scheduled hour.
 * An entry's number is the lock: of two audits that write the same number one gets a conflict, and starts again after the other's entry.
 */

import { type ChainEntry, isOfSchedule, toEntry } from "../../archive/chain-entry.ts";
import type { ChainHead, ChainReader } from "../../archive/chain-head.ts";
import { isSignedBy, sealEnvelope } from "../../archive/dsse.ts";
import { type AuditManifest, type ChainManifest, chainManifestName, manifestSchema } from "../../archive/manifest.ts";
import type { AuditArchive } from "../../archive/object-store.ts";
import type { AuditKeys, Ed25519Key } from "../../archive/signing-keys.ts";
import { OffairError } from "../../core/errors.ts";
import { describeError, logInfo, logWarn } from "../../core/log.ts";
import { HOUR_MS } from "../../core/time.ts";
import { type ChainEnd, findEnd } from "./chain-end.ts";

export interface ChainDeps extends ChainReader {
  readonly archive: AuditArchive;
  readonly head: ChainReader["head"] & { write(head: ChainHead): Promise<void> };
  readonly keys: AuditKeys;
  readonly now: () => Date;
}

/** A manifest without its place in the chain. */
type Unplaced<Each> = Each extends ChainManifest ? Omit<Each, "version" | "number" | "previous" | "writtenAt"> : never;
export type AuditDraft = Unplaced<AuditManifest>;
type AuditTime = Pick<AuditDraft, "scheduled" | "slot">;

/** Where an audit is to be appended. */
export interface ChainPosition {
  /** Undefined for an empty chain. */
  readonly end: ChainEnd | undefined;
  /** What has to be written before the audit's own entry. */
  readonly entriesBefore: readonly EntryBefore[];
}

export interface EntryBefore {
  readonly entry: Exclude<Unplaced<ChainManifest>, { kind: "audit" }>;
  readonly signers: readonly Ed25519Key[];
}

/** Two or three audits may overlap. An audit that loses more often has another problem. */
const MAX_TRIES = 8;

/**
 * @param known - the position as it was found when the audit began. It is not looked up again: if another audit appended an entry since
 *   then, writing the next number ends with a conflict, and only then the end is looked up again.
 * @returns undefined if the chain already contains this scheduled hour or a later one.
 * @throws OffairError `ERR_ARCHIVE`, `ERR_LEDGER` if the chain cannot be read or written: the schedule repeats the hour, and entries that
 *   were written stay. `ERR_SECRET` if the secret lacks the key that signed the last entry.
 */
export async function appendToChain(
  draft: AuditDraft,
  deps: ChainDeps,
  known?: ChainPosition,
): Promise<ChainEntry | undefined> {
  let position = known ?? (await findPosition(draft, deps));
  for (let tries = 1; position; tries++) {
    try {
      return await appendAt(position, draft, deps);
    } catch (cause) {
      if (!(cause instanceof OffairError && cause.code === "ERR_ARCHIVE_CONFLICT")) throw cause;
      if (tries === MAX_TRIES) {
        throw new OffairError("ERR_ARCHIVE", `the chain's next number was taken ${MAX_TRIES} times`, { cause });
      }
      position = await findPosition(draft, deps);
    }
  }
  return undefined;
}

/**
 * Finds the end of the chain and checks its signature: a forged entry with a late slot could otherwise stop all audits silently.
 *
 * @returns undefined if the chain already contains this scheduled hour or a later one: a late audit would report the present as the past.
 * @throws OffairError as `appendToChain`.
 */
export async function findPosition(
  { scheduled, slot }: AuditTime,
  deps: ChainReader & Pick<ChainDeps, "keys">,
): Promise<ChainPosition | undefined> {
  const end = await findEnd(deps);
  if (end?.entry) signerToReplace(end.entry, deps.keys);
  if (scheduled && end?.slot !== undefined && Date.parse(slot) <= Date.parse(end.slot)) return undefined;
  return { end, entriesBefore: entriesBefore({ scheduled, slot }, end, deps.keys) };
}

async function appendAt(
  { end, entriesBefore }: ChainPosition,
  draft: AuditDraft,
  deps: ChainDeps,
): Promise<ChainEntry> {
  let last = end;
  for (const { entry, signers } of entriesBefore) last = (await append(entry, signers, last, deps)).end;
  return (await append(draft, [deps.keys.current], last, deps)).entry;
}

/** A rotation, if the last entry was not signed by the current key, and the missed hours. */
function entriesBefore(audit: AuditTime, end: ChainEnd | undefined, keys: AuditKeys): EntryBefore[] {
  const { current } = keys;
  const signed = end?.entry ?? end?.before;
  const old = signed && signerToReplace(signed, keys);
  const missed = missedBefore(audit, end?.slot);
  return [
    ...(old ? [{ entry: rotation(old, current, missed[0] ?? audit.slot), signers: [old, current] }] : []),
    ...missed.map((slot) => ({ entry: { kind: "missed" as const, slot }, signers: [current] })),
  ];
}

/** @returns the key that signed the entry, if it is not the current one. */
function signerToReplace({ number, envelope }: ChainEntry, { current, previous }: AuditKeys): Ed25519Key | undefined {
  const id = envelope.signatures.at(-1)?.keyid;
  const signer = [current, previous].find((key) => key?.id === id);
  if (!signer) throw new OffairError("ERR_SECRET", "the audit key's secret lacks the key that signed the last entry");
  if (!isSignedBy(envelope, signer)) {
    throw new OffairError("ERR_ARCHIVE", `the signature of ${chainManifestName(number)} is not valid`);
  }
  return signer === current ? undefined : signer;
}

const rotation = (from: Ed25519Key, to: Ed25519Key, slot: string): EntryBefore["entry"] => ({
  kind: "rotation",
  slot,
  previousKey: from.spki.toString("base64"),
  publicKey: to.spki.toString("base64"),
});

/** @param last - the last scheduled hour in the chain. @returns the hours between it and this audit; none for a person's audit. */
export function missedBefore({ scheduled, slot }: AuditTime, last?: string): string[] {
  const missed: string[] = [];
  if (!scheduled || last === undefined) return missed;
  for (let hour = Date.parse(last) + HOUR_MS; hour < Date.parse(slot); hour += HOUR_MS) {
    missed.push(new Date(hour).toISOString());
  }
  return missed;
}

async function append(
  draft: Unplaced<ChainManifest>,
  keys: readonly Ed25519Key[],
  last: ChainEnd | undefined,
  deps: ChainDeps,
): Promise<{ end: ChainEnd; entry: ChainEntry }> {
  const number = (last?.number ?? 0) + 1;
  const place = { version: 2, number, previous: last?.sha256 ?? null, writtenAt: deps.now().toISOString() };
  const manifest = manifestSchema.parse({ ...place, ...draft });
  const bytes = sealEnvelope(Buffer.from(JSON.stringify(manifest)), keys);
  const entry = toEntry(number, bytes); // before storing: nothing could be appended to an entry that cannot be read
  await deps.archive.store(chainManifestName(number), bytes, { contentType: "application/json" });
  const end = { number, sha256: entry.sha256, slot: isOfSchedule(manifest) ? manifest.slot : last?.slot, entry };
  await recordHead({ number, sha256: entry.sha256, slot: end.slot, writtenAt: manifest.writtenAt }, deps);
  return { end, entry };
}

/** Records the head outside the archive, in the log and the ledger. A failure does no harm: the next audit searches further for the end. */
async function recordHead(head: ChainHead, deps: ChainDeps): Promise<void> {
  logInfo("audit.head", { ...head });
  try {
    await deps.head.write(head);
  } catch (error) {
    logWarn("audit.head-not-saved", { number: head.number, ...describeError(error) });
  }
}
