/** `offair verify`: checks that a bundle is what the audits wrote. It needs no network and trusts only the key that the caller gives. */
import { readFile } from "node:fs/promises";
import { type PublicKey, parsePublicKey } from "../../lib/archive/signing-keys.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { isGap, type VerificationFinding } from "../../lib/evidence/verify/finding.ts";
import { verifyBundle } from "../../lib/evidence/verify/verify.ts";
import { openPath } from "../evidence/open-source.ts";
import { jsonOf, type Options, textFor } from "../render/verification.ts";
import { type Command, EXIT, type Exit } from "../terminal/command.ts";
import { InputError, propertyOf, UsageError } from "../terminal/errors.ts";
import { momentOf } from "../terminal/instant.ts";
import { textOf } from "../terminal/options.ts";

export const verify: Command = {
  name: "verify",
  group: "evidence",
  summary: "check that a bundle of evidence is intact and complete",
  operands: ["BUNDLE"],
  options: {
    key: { type: "string" },
    from: { type: "string" },
    through: { type: "string" },
    head: { type: "string" },
  },
  help: `offair verify BUNDLE --key FILE [--from TIME] [--through TIME | --head HASH] [--json]

Checks every chain entry in BUNDLE (a folder or a tar, made by offair export or copied from the bucket) and every object
that an entry names. It needs no network, and it trusts nothing in the bundle except through the key.

  --key FILE      the public key that you trust, as PEM. You get it from the operator of offair over a separate channel,
                  not with the bundle. Any key of the chain works, because a rotation is signed by the old and the new
                  key. Prefer the newest: somebody else may have an old one and may have signed later entries with it.
  --head HASH     SHA-256 of a manifest that must be in the chain, from the log (audit.head), the ledger or an earlier
                  verification: up to this entry nothing can have been cut off.
  --through TIME  the chain must reach this time (2026-03-14, or 2026-03-14T12:00:00Z).
  --from TIME     the chain must begin at this time or before it. Without it, a chain that does not begin with entry 1
                  is reported as an excerpt: entries may have been removed at its start.
  --json          one object per finding, and the summary last

Without --head and --through, entries may have been cut off at the end: the summary states which hours the bundle covers.

Exit codes: 0 intact and complete, 2 usage, 4 a finding is altered, missing, reordered, truncated, appended, unknown-key
or unreadable, 5 only findings of these kinds: incomplete (a gap that the audits recorded about their own work: an
incomplete list, an hour without an audit, a part that failed), excerpt (see --from) and left-over (no entry names the
object, and an audit that ended early may have stored it).`,

  async run({ operands: [path = ""], values }, { out, local }) {
    const options = readOptions(values);
    const publicKey = await readKey(textOf(values, "key"), local?.auditKey);
    const bundle = await openPath(path);
    try {
      const say = values.json ? jsonOf(out.json) : textFor(out.say, out.paint);
      const verification = verifyBundle(bundle, { ...options, publicKey });
      const kinds = new Set<VerificationFinding["kind"]>();
      for (;;) {
        const { done, value } = await verification.next();
        if (done) {
          const exit = exitOf(kinds);
          say.summary(value, exit, options);
          return exit;
        }
        kinds.add(value.kind);
        say.finding(value);
      }
    } finally {
      await bundle.close();
    }
  },
};

function readOptions(values: Parameters<Command["run"]>[0]["values"]): Options {
  const head = textOf(values, "head")?.toLowerCase();
  if (head !== undefined && !/^[0-9a-f]{64}$/.test(head))
    throw new UsageError("--head must have 64 hexadecimal digits");
  const [from, through] = ["from", "through"].map((name) => timeOf(textOf(values, name), `--${name}`));
  return { from, through, head };
}

function timeOf(text: string | undefined, name: string): Date | undefined {
  if (text === undefined) return undefined;
  const time = momentOf(text);
  if (!time) throw new UsageError(`${name} must be a time such as 2026-03-14 or 2026-03-14T12:00:00Z`);
  return time;
}

async function readKey(file: string | undefined, localKey: string | undefined): Promise<PublicKey> {
  if (file === undefined && localKey !== undefined) return parsePublicKey(Buffer.from(localKey));
  if (file === undefined) throw new UsageError("--key is missing: give the public key that you trust");
  try {
    return parsePublicKey(await readFile(file));
  } catch (cause) {
    const why = cause instanceof OffairError ? cause.message : propertyOf(cause, "code");
    throw new InputError(`cannot use the key ${file}: ${String(why)}`, { cause });
  }
}

function exitOf(kinds: ReadonlySet<VerificationFinding["kind"]>): Exit {
  if (kinds.size === 0) return EXIT.done;
  return [...kinds].every(isGap) ? EXIT.incomplete : EXIT.altered;
}
