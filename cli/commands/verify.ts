/** `offair verify`: is this what the audits wrote? Without a network, and on nobody's word but the key that the caller brings. */
import { readFile } from "node:fs/promises";
import { type PublicKey, parsePublicKey } from "../../lib/archive/signing-keys.ts";
import { OffairError } from "../../lib/core/errors.ts";
import type { VerificationFinding } from "../../lib/evidence/verify/finding.ts";
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
  summary: "is a bundle of evidence what the audits wrote, and all of it?",
  operands: ["BUNDLE"],
  options: {
    key: { type: "string" },
    from: { type: "string" },
    through: { type: "string" },
    head: { type: "string" },
  },
  help: `offair verify BUNDLE --key FILE [--from TIME] [--through TIME | --head HASH] [--json]

Checks every link of the chain in BUNDLE (a folder or a tar, made by offair export or copied from the bucket), and every
object that a link answers for. It needs no network, and it believes nothing that stands in the bundle itself.

  --key FILE      the public key that you trust, as PEM. You have it from whoever runs offair, by another road than the
                  bundle. It may be any key of the chain: a change of keys is signed by the old and the new one. The
                  newest is the best: with an old one alone nobody can tell who else had it and went on.
  --head HASH     SHA-256 of a manifest that has to be in the chain, from the log (audit.head), the ledger or an earlier
                  verification: up to this link nothing can have been cut off.
  --through TIME  the chain has to reach this time (2026-03-14, or 2026-03-14T12:00:00Z).
  --from TIME     the chain has to begin at this time or before it.
  --json          one object a finding, and the summary last

Without --head and --through nobody can say whether links were cut off at the end: the summary says up to which slot
the bundle speaks.

A finding is altered, missing, reordered, truncated, appended, unknown-key or unreadable; then the exit code is 4.
incomplete is what the audits say of their own work (a list that could not be read to its end, an hour in which none
ran, a part that is lacking): if there is nothing else, the exit code is 5. 0: intact and complete. 2: the command or its files are wrong.`,

  async run({ operands: [path = ""], values }, { out, local }) {
    const options = readOptions(values);
    const publicKey = await readKey(textOf(values, "key"), local?.auditKey);
    const { bundle, close } = await openPath(path);
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
      await close();
    }
  },
};

function readOptions(values: Parameters<Command["run"]>[0]["values"]): Options {
  const head = textOf(values, "head")?.toLowerCase();
  if (head !== undefined && !/^[0-9a-f]{64}$/.test(head)) throw new UsageError("--head must be 64 hexadecimal digits");
  const [from, through] = [timeOf(textOf(values, "from"), "--from"), timeOf(textOf(values, "through"), "--through")];
  return { ...(from && { from }), ...(through && { through }), ...(head !== undefined && { head }) };
}

function timeOf(text: string | undefined, name: string): Date | undefined {
  if (text === undefined) return undefined;
  const time = momentOf(text);
  if (!time) throw new UsageError(`${name} must be a time such as 2026-03-14 or 2026-03-14T12:00:00Z`);
  return time;
}

async function readKey(file: string | undefined, localKey: string | undefined): Promise<PublicKey> {
  if (file === undefined && localKey !== undefined) return parsePublicKey(Buffer.from(localKey));
  if (file === undefined) throw new UsageError("--key is missing: evidence is checked by a key that you bring along");
  try {
    return parsePublicKey(await readFile(file));
  } catch (cause) {
    const why = cause instanceof OffairError ? cause.message : propertyOf(cause, "code");
    throw new InputError(`cannot use the key ${file}: ${String(why)}`, { cause });
  }
}

function exitOf(kinds: ReadonlySet<VerificationFinding["kind"]>): Exit {
  if (kinds.size === 0) return EXIT.done;
  return [...kinds].every((kind) => kind === "incomplete") ? EXIT.incomplete : EXIT.altered;
}
