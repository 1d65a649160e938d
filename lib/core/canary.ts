/**
 * The name of the canary's source, by which its reports and orders are recognised everywhere (docs/adr/0022). No source of a policy can
 * have this name.
 */
export const CANARY_SOURCE = "canary";

/** The reason of its report and of its order. */
export const CANARY_REASON = "canary: a test of the whole way; nobody pushes this stream";

/** Whether an idempotency key, or the cause of an order, is the canary's. */
export const isOfCanary = (key: string): boolean => key.startsWith(`${CANARY_SOURCE}#`);

/**
 * The canary's key, as the `standard` source writes it. CloudFormation generates it as `{"generated": "<64 letters and digits>"}`, which are
 * 48 bytes in base64: it cannot generate an element of a list, or a prefix. Undefined if the secret has another form.
 */
export function canaryKey(secret: unknown): string | undefined {
  const generated = typeof secret === "object" && secret !== null && "generated" in secret && secret.generated;
  return typeof generated === "string" && generated !== "" ? `whsec_${generated}` : undefined;
}
