/**
 * The chain grows by the audit that just ran: before it come the change of key, if there is one, and the slots in which no audit ran.
 * The number is the lock; who loses it begins again from the link that won.
 */

import { type ChainEntry, isOfSchedule, toEntry } from "../../archive/chain-entry.ts";
import type { ChainHead, ChainReader } from "../../archive/chain-head.ts";
import { isSignedBy, sealEnvelope } from "../../archive/dsse.ts";
import { type AuditManifest, type ChainManifest, chainManifestName, manifestSchema } from "../../archive/manifest.ts";
import type { AuditKeys, Ed25519Key } from "../../archive/signing-keys.ts";
import { OffairError } from "../../core/errors.ts";
import { describeError, logInfo, logWarn } from "../../core/log.ts";
import { HOUR_MS } from "../../core/time.ts";
import { type ChainEnd, findEnd } from "./chain-end.ts";

export interface ChainDeps extends ChainReader {
  readonly archive: ChainReader["archive"] & {
    /** Under a name that is free, or holds these very bytes; otherwise `ERR_ARCHIVE_CONFLICT`. */
    store(name: string, bytes: Uint8Array, type: { contentType: string }): Promise<void>;
  };
  readonly head: ChainReader["head"] & { write(head: ChainHead): Promise<void> };
  readonly keys: AuditKeys;
  readonly now: () => Date;
}

/** An audit without its place in the chain. */
export type AuditDraft = Unplaced<AuditManifest>;
type Unplaced<Each> = Each extends ChainManifest ? Omit<Each, "version" | "number" | "previous" | "writtenAt"> : never;

/** `over`: the chain has this slot of the schedule already, or a later one. Nothing was written. */
export type Appended =
  | { readonly written: true; readonly entry: ChainEntry }
  | { readonly written: false; readonly because: "over" };

/** Two or three audits may overlap. Who always loses is up against something else. */
const MAX_TRIES = 8;

/**
 * @throws OffairError `ERR_ARCHIVE`, `ERR_LEDGER` where the chain cannot be read or written: the schedule repeats the slot, and links that
 *   were written stay. `ERR_SECRET` where the last link is signed by a key that the secret does not hold.
 */
export async function appendToChain(draft: AuditDraft, deps: ChainDeps): Promise<Appended> {
  for (let tries = 1; ; tries++) {
    const end = await findSignedEnd(deps);
    if (isOver(draft, end)) return { written: false, because: "over" };
    try {
      return { written: true, entry: await appendAfter(end, draft, deps) };
    } catch (cause) {
      if (!(cause instanceof OffairError && cause.code === "ERR_ARCHIVE_CONFLICT")) throw cause;
      if (tries === MAX_TRIES)
        throw new OffairError("ERR_ARCHIVE", "the chain's next number is always taken", { cause });
    }
  }
}

/**
 * The end of the chain, where it is one of ours: the slot of a link that somebody else put there would end the audits without a word.
 *
 * @throws OffairError as `appendToChain`.
 */
export async function findSignedEnd(deps: ChainReader & Pick<ChainDeps, "keys">): Promise<ChainEnd | undefined> {
  const end = await findEnd(deps);
  if (end?.entry) signerToReplace(end.entry, deps.keys);
  return end;
}

/** Slots of the schedule only increase: one that comes late would tell of now under the name of then. */
export const isOver = (
  { scheduled, slot }: Pick<AuditDraft, "scheduled" | "slot">,
  end: Pick<ChainEnd, "slot"> | undefined,
) => scheduled && end?.slot !== undefined && Date.parse(slot) <= Date.parse(end.slot);

async function appendAfter(end: ChainEnd | undefined, draft: AuditDraft, deps: ChainDeps): Promise<ChainEntry> {
  let last = end;
  for (const { entry, signers } of entriesBefore(draft, end, deps.keys)) {
    last = (await append(entry, signers, last, deps)).end;
  }
  return (await append(draft, [deps.keys.current], last, deps)).entry;
}

interface Between {
  readonly entry: Exclude<Unplaced<ChainManifest>, { kind: "audit" }>;
  readonly signers: readonly Ed25519Key[];
}

/** What this audit has to write before its own link: the change of key, and the slots in which no audit ran. */
export function entriesBefore(
  draft: Pick<AuditDraft, "scheduled" | "slot">,
  end: ChainEnd | undefined,
  keys: AuditKeys,
): Between[] {
  const { current } = keys;
  const signed = end?.entry ?? end?.before;
  const old = signed && signerToReplace(signed, keys);
  const missed = missedBefore(draft, end?.slot);
  return [
    ...(old ? [{ entry: rotation(old, current, missed[0] ?? draft.slot), signers: [old, current] }] : []),
    ...missed.map((slot) => ({ entry: { kind: "missed" as const, slot }, signers: [current] })),
  ];
}

/** The key of the last link, where it is not the current one. */
function signerToReplace({ number, envelope }: ChainEntry, { current, previous }: AuditKeys): Ed25519Key | undefined {
  const id = envelope.signatures.at(-1)?.keyid;
  const signer = [current, previous].find((key) => key?.id === id);
  if (!signer) throw new OffairError("ERR_SECRET", "the audit key's secret lacks the key that signed the last link");
  if (!isSignedBy(envelope, signer)) {
    throw new OffairError("ERR_ARCHIVE", `${chainManifestName(number)} is not signed by the key that it names`);
  }
  return signer === current ? undefined : signer;
}

const rotation = (from: Ed25519Key, to: Ed25519Key, slot: string): Between["entry"] => ({
  kind: "rotation",
  slot,
  previousKey: from.spki.toString("base64"),
  publicKey: to.spki.toString("base64"),
});

/** The hours of the schedule between the last one in the chain and this one. */
export function missedBefore({ scheduled, slot }: Pick<AuditDraft, "scheduled" | "slot">, last?: string): string[] {
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
  const entry = toEntry(number, bytes); // before it is stored: on a link that cannot be read no other follows
  await deps.archive.store(chainManifestName(number), bytes, { contentType: "application/json" });
  const end = { number, sha256: entry.sha256, slot: isOfSchedule(manifest) ? manifest.slot : last?.slot, entry };
  await publish({ number, sha256: entry.sha256, slot: end.slot, writtenAt: manifest.writtenAt }, deps);
  return { end, entry };
}

/** Beside the archive, where who can write to it cannot. The link is written whatever becomes of this: the next audit looks further. */
async function publish(head: ChainHead, deps: ChainDeps): Promise<void> {
  logInfo("audit.head", { ...head });
  try {
    await deps.head.write(head);
  } catch (error) {
    logWarn("audit.head-not-saved", { number: head.number, ...describeError(error) });
  }
}
