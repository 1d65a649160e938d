/** `offair export`: the evidence of some days out of the archive, to be handed to somebody who trusts nobody. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { openEntries } from "../evidence/chain-entries.ts";
import { createEvidence } from "../evidence/checked-reader.ts";
import { copyTo } from "../evidence/export-copy.ts";
import { planExport } from "../evidence/export-selection.ts";
import { openGiven } from "../evidence/open-source.ts";
import { type Command, EXIT } from "../terminal/command.ts";
import { InputError, UsageError } from "../terminal/errors.ts";
import { dayOf, textOf } from "../terminal/options.ts";

export const exportCommand: Command = {
  name: "export",
  group: "evidence",
  summary: "makes a bundle of the evidence of some days",
  operands: [],
  options: {
    from: { type: "string" },
    to: { type: "string" },
    out: { type: "string" },
    bucket: { type: "string" },
    bundle: { type: "string" },
  },
  help: `offair export --from DAY --to DAY --out FILE.tar|FOLDER [--bucket NAME | --bundle BUNDLE] [--json]

Copies, as they are stored, the links of the chain of these days, every object that they answer for, and the changes of
the signing key before and after, so that the bundle can be verified with any key of the chain.

  --from, --to DAY  the first and the last day, UTC, both included: 2026-03-14. A little more is taken: until the
                    ledger's exports have all that happened on the last day.
  --out             a tar if the name ends in .tar, otherwise a folder. It must not be there yet.
  --bucket NAME     the archive; otherwise ARCHIVE_BUCKET. Region, credentials and AWS_ENDPOINT_URL as the AWS SDK has it.
  --bundle BUNDLE   out of a folder or a tar instead
  --json            the summary as an object

It ends with the last link's SHA-256 and key id. Hand these over by another road than the bundle: with
offair verify --head they show that nothing was cut off. The objects name streams and what they are accused of.
Exit codes: 0 done, 1 the archive cannot be read, 2 usage, 4 an object was not what its link says, or a link was none,
5 something was not there, or days before the first link or after the last. Each of these is told.`,

  async run({ values }, { out, env }) {
    const [from, to, target] = ["from", "to", "out"].map((name) => needed(textOf(values, name), `--${name}`));
    const span = { from: dayOf(from ?? "", "--from"), until: dayOf(to ?? "", "--to") };
    if (span.until < span.from) throw new UsageError("--to lies before --from");
    span.until.setUTCDate(span.until.getUTCDate() + 1);
    const { bundle, close } = await openGiven(values, env);
    try {
      const entries = await openEntries(bundle);
      const plan = await planExport(entries, span);
      if (!plan) throw new InputError("the archive holds no link of these days");
      const evidence = createEvidence(bundle);
      plan.gaps.forEach(evidence.gap);
      const copied = await copyTo(target ?? "", plan.objects, evidence, out.progress);
      const { last, numbers } = plan;
      const gaps = evidence.gaps();
      for (const { kind, object, message } of gaps)
        out.warn(`${kind}  ${escapeInvisible(object)}  ${escapeInvisible(message)}`);
      if (values.json) out.json({ ...copied, out: target, numbers, rotations: plan.rotations, last, gaps });
      else {
        out.say(
          `${copied.objects.toLocaleString("en-US")} objects, ${copied.bytes.toLocaleString("en-US")} bytes in ${escapeInvisible(target ?? "")}`,
        );
        out.say(
          `links: number ${numbers.first} to ${numbers.last}, and ${plan.rotations} changes of the key beside them`,
        );
        out.say(`slots: from ${plan.slots.from} until ${plan.slots.until}`);
        out.say(`last link: number ${last.number}, SHA-256 ${last.sha256}`);
        out.say(`signed by: key ${last.keyId}`);
      }
      if (gaps.some(({ kind }) => kind === "altered" || kind === "unreadable")) return EXIT.altered;
      return gaps.length > 0 ? EXIT.incomplete : EXIT.done;
    } finally {
      await close();
    }
  },
};

function needed(text: string | undefined, name: string): string {
  if (text === undefined) throw new UsageError(`${name} is missing`);
  return text;
}
