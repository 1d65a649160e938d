/** Refuses a policy that still has the domains of the examples: reports for your own domains would be answered 422. */
import { policySchema } from "../../lib/policy/lint/lint.ts";

/** Reserved by RFC 2606 and RFC 6761, and `publish.example.huawei.com` of Huawei's documentation. */
const RESERVED_TOP = ["test", "invalid", "localhost", "example"];
/** The words for "test" in other scripts, reserved too: https://www.iana.org/domains/reserved */
const RESERVED_IDN = [
  ...["xn--kgbechtv", "xn--hgbk6aj7f53bba", "xn--0zwm56d", "xn--g6w251d", "xn--80akhbyknj4f", "xn--11b5bs3a9aj6g"],
  ...["xn--jxalpdlp", "xn--9t4b11yi5a", "xn--deba0ad", "xn--zckzah", "xn--hlcj6aya9esc7a"],
];

export function isExampleDomain(domain: string): boolean {
  const labels = domain.toLowerCase().split(".");
  return labels.includes("example") || [...RESERVED_TOP, ...RESERVED_IDN].includes(labels.at(-1) ?? "");
}

/** The schema of the policy with one more check, so that an issue has the line of its domain. */
export const deployablePolicySchema = policySchema.superRefine((policy, context) => {
  const found = (path: PropertyKey[], domain: string): void => {
    if (!isExampleDomain(domain)) return;
    const message = `${domain} is a domain of the examples: write your own domain, or remove the entry (docs/policy.md)`;
    context.addIssue({ code: "custom", path, message });
  };
  policy.scope.forEach(({ domain }, index) => {
    found(["scope", index, "domain"], domain);
  });
  policy.protected.forEach(({ domain }, index) => {
    found(["protected", index, "domain"], domain);
  });
  if (policy.canary) found(["canary", "domain"], policy.canary.domain);
  for (const [playback, ingest] of Object.entries(policy.playback)) {
    found(["playback", playback], playback);
    found(["playback", playback], typeof ingest === "string" ? ingest : ingest.ingest);
  }
});
