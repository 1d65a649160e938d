/** Invariant 5: searches everything that people may read afterwards for every secret value of the day. */
import type { EvidenceRecords } from "../evidence.ts";
import { result } from "../scorecard.ts";
import type { Check } from "./facts.ts";
import { secretValues } from "./secrets.ts";

const PLACES = [
  "logs",
  "ledger",
  "messages",
  "alerts",
  "objects",
  "invocations",
] as const satisfies readonly (keyof EvidenceRecords)[];

export const secretsStaySecret: Check = (evidence) => {
  const values = [...secretValues(evidence.run.seed, Object.values(evidence.run.users))];
  const signatures = new Set(evidence.posts.map(({ signature }) => signature.replace(/^v1,/, "")));
  const places: readonly (readonly [string, readonly unknown[]])[] = [
    ...PLACES.map((place) => [place, evidence[place]] as const),
    ["answers", evidence.posts.map(({ text }) => text)],
  ];
  const lines = places.flatMap(([where, records]) =>
    records.map((record) => ({ where, line: JSON.stringify(record) })),
  );
  const broken = lines.flatMap(({ where, line }) => {
    const found = values.filter(([, value]) => line.includes(value)).map(([name]) => name);
    const tokens = [...line.matchAll(/[A-Za-z0-9+/]{43}=/g)].map(([token]) => token);
    if (tokens.some((token) => signatures.has(token))) found.push("webhook signature");
    if (/SDK-HMAC-SHA256|Signature=[0-9a-f]{64}/.test(line)) found.push("signature of a call");
    return found.map((name) => `${where}: the ${name} is in ${line.slice(0, 80)}…`);
  });
  return result(5, "secrets stay secret", `${values.length} secrets in ${lines.length} lines`, broken);
};
