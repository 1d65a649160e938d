/** `offair export`: copies the evidence of some days into a bundle that can be verified without access to the archive. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { gapText } from "../evidence/checked-reader.ts";
import { exportBundle, spanOfDays } from "../evidence/export-bundle.ts";
import { openGiven } from "../evidence/open-source.ts";
import { type Command, EXIT } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { numberText } from "../terminal/number-text.ts";
import { dayOf, requiredText } from "../terminal/options.ts";

export const exportCommand: Command = {
  name: "export",
  group: "evidence",
  summary: "copy the evidence of some days into a bundle",
  operands: [],
  options: {
    from: { type: "string" },
    to: { type: "string" },
    out: { type: "string" },
    bucket: { type: "string" },
    bundle: { type: "string" },
  },
  help: `offair export --from DAY --to DAY --out FILE.tar|FOLDER [--bucket NAME | --bundle BUNDLE] [--json]

Copies, byte for byte, the chain entries of these days, every object that they name, and the rotations of the signing
key before and after them, so that the bundle can be verified with any key of the chain.

  --from, --to DAY  the first and the last day, UTC, both included: 2026-03-14. The copy extends a little further, until
                    the ledger's exports contain everything that happened on the last day.
  --out             a tar if the name ends in .tar, otherwise a folder. It must not exist yet.
  --bucket NAME     the archive; default ARCHIVE_BUCKET. Region, credentials and AWS_ENDPOINT_URL as in the AWS SDK.
  --bundle BUNDLE   copy from a folder or a tar instead
  --json            the summary as an object

The output ends with the SHA-256 and the key id of the last entry. Send these over a separate channel, not with the
bundle: with offair verify --head they show that nothing was cut off. The objects name streams and accusations.
Exit codes: 0 done, 1 the archive cannot be read, 2 usage, 4 an object does not match its manifest, or an entry or the
bundle is not readable, 5 something is missing, or a day lies before the first entry or after the last. Each of these
is reported.`,

  async run({ values }, { out, env }) {
    const span = spanOfDays(
      dayOf(requiredText(values, "from", "the first day"), "--from"),
      dayOf(requiredText(values, "to", "the last day"), "--to"),
    );
    const target = requiredText(values, "out", "a folder, or a file that ends in .tar");
    if (!span) throw new UsageError("--to is before --from");
    const bundle = await openGiven(values, env);
    try {
      const exported = await exportBundle(bundle, span, target, out.progress);
      const { copied, last, numbers, rotations, slots, gaps } = exported;
      for (const gap of gaps) out.warn(gapText(gap));
      if (values.json) out.json({ ...copied, out: target, numbers, rotations, last, gaps });
      else {
        const [objects, bytes] = [copied.objects, copied.bytes].map(numberText);
        out.say(`${objects} objects, ${bytes} bytes in ${escapeInvisible(target)}`);
        out.say(
          `chain entries: number ${numbers.first} to ${numbers.last}, and ${rotations} key rotations outside them`,
        );
        out.say(`hours: from ${slots.from} until ${slots.until}`);
        out.say(`last entry: number ${last.number}, SHA-256 ${last.sha256}`);
        out.say(`signed by: key ${last.keyId}`);
      }
      if (gaps.some(({ kind }) => kind === "altered" || kind === "unreadable")) return EXIT.altered;
      return gaps.length > 0 ? EXIT.incomplete : EXIT.done;
    } finally {
      await bundle.close();
    }
  },
};
