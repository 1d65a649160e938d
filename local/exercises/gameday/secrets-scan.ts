/** Invariant 5: every secret value of the day, looked for in everything that anybody may read afterwards. */

import { finding } from "../finding.ts";
import type { Check } from "./finding.ts";
import { dayOf } from "./inputs.ts";
import { secretValues } from "./secrets.ts";

export const secretsStaySecret: Check = (material, { sent }) => {
  const day = dayOf(material);
  const values = [...secretValues(day.seed)];
  const signatures = new Set([...sent.values()].flat().map(({ signature }) => signature.replace(/^v1,/, "")));
  const places: [where: string, lines: readonly unknown[]][] = [
    ["logs", material.logs],
    ["ledger", material.ledger],
    ["queues", material.queues],
    ["dead letters", material["dead-letters"]],
    ["alerts", material.alerts],
    ["snapshots", material.snapshots],
    ["answers", material.answers],
  ];
  const broken = places.flatMap(([where, lines]) =>
    lines.flatMap((line) => {
      const written = JSON.stringify(line);
      const told = values.filter(([, value]) => written.includes(value)).map(([name]) => name);
      const tokens = [...written.matchAll(/[A-Za-z0-9+/]{43}=/g)].map(([token]) => token);
      if (tokens.some((token) => signatures.has(token))) told.push("webhook signature");
      if (/SDK-HMAC-SHA256|Signature=[0-9a-f]{64}/.test(written)) told.push("signature of a call");
      return told.map((name) => `${where}: the ${name} stands in ${written.slice(0, 80)}…`);
    }),
  );
  const lines = places.reduce((sum, [, each]) => sum + each.length, 0);
  return finding(5, "secrets stay secret", `${values.length} secrets in ${lines} lines`, broken);
};
