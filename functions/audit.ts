/** The scheduled audit: what is disabled, in every ingest domain in scope, stored once under the schedule's slot. Only reads from Live. */
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import middy from "@middy/core";
import { type AuditDeps, type AuditResult, auditDomain } from "../lib/audit/audit.ts";
import { parseAuditEvent } from "../lib/audit/audit-event.ts";
import { createArchive } from "../lib/aws/archive.ts";
import { AWS_CLIENT } from "../lib/aws/clients.ts";
import { createReadSecret } from "../lib/aws/secrets.ts";
import { readAuditConfig } from "../lib/config.ts";
import { OffairError } from "../lib/errors.ts";
import { connectLive } from "../lib/huawei/connect.ts";
import { logInfo } from "../lib/log.ts";
import { ingestDomains } from "../lib/moderation/policy.ts";
import { SECOND_MS } from "../lib/time.ts";
import policy from "../policy.yml";

const config = readAuditConfig(process.env);
const now = () => new Date();
const secrets = new SecretsManagerClient(AWS_CLIENT);
const readSecret = createReadSecret({ client: secrets, maxAgeMs: config.SECRET_MAX_AGE_S * SECOND_MS, now });
const live = connectLive(config, readSecret, now);
const deps: AuditDeps = {
  listDisabled: (domain) => live.listDisabled(domain),
  archive: createArchive(new S3Client(AWS_CLIENT), config.ARCHIVE_BUCKET),
  now,
  codeOf: (error) => (error instanceof OffairError ? (error.details.liveCode ?? error.code) : "ERR_UNFORESEEN"),
};

export const handler = middy<unknown, AuditResult[]>({ timeoutEarlyInMillis: 0 }).handler(async (event) => {
  const { slot } = parseAuditEvent(event, now());
  const results: AuditResult[] = [];
  for (const domain of ingestDomains(policy)) {
    const result = await auditDomain(domain, slot, deps);
    logInfo("audit.stored", { ...result });
    results.push(result);
  }
  return results;
});
