/** Refuses a policy that still has the domains of the examples: reports for your own domains would be answered 422. */
import { policySchema } from "../../lib/policy/lint/parse-policy.ts";

/** Reserved by RFC 2606 and RFC 6761, and `publish.example.huawei.com` of Huawei's documentation. */
const RESERVED_TOP = ["test", "invalid", "localhost", "example"];

function isExampleDomain(domain: string): boolean {
  const labels = domain.toLowerCase().split(".");
  return labels.includes("example") || RESERVED_TOP.includes(labels.at(-1) ?? "");
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
  for (const [playback, ingest] of Object.entries(policy.playback)) {
    found(["playback", playback], playback);
    found(["playback", playback], typeof ingest === "string" ? ingest : ingest.ingest);
  }
});
