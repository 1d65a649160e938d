/** Asks AWS which of the candidates exist. */
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { GetBucketPolicyCommand, HeadBucketCommand } from "@aws-sdk/client-s3";
import { type Adopted, type Candidate, identifierOf } from "./adoption.ts";
import type { Clients } from "./clients.ts";
import { askSecret } from "./facts.ts";

/** The errors of the services for a resource that does not exist. */
const ABSENT = ["NotFound", "NoSuchBucket", "NoSuchBucketPolicy", "ResourceNotFoundException"];

export async function findAdopted(clients: Clients, candidates: readonly Candidate[]): Promise<Adopted[]> {
  const found = await Promise.all(candidates.map((candidate) => find(clients, candidate)));
  return found.filter((adopted) => adopted !== undefined);
}

async function find(clients: Clients, candidate: Candidate): Promise<Adopted | undefined> {
  const { name } = candidate;
  if (candidate.type === "AWS::SecretsManager::Secret") {
    const { state, arn } = await askSecret(clients, name);
    return state === "missing" ? undefined : { ...candidate, identifier: identifierOf(candidate, arn) };
  }
  const exists = await isThere(() => {
    if (candidate.type === "AWS::DynamoDB::Table")
      return clients.dynamo.send(new DescribeTableCommand({ TableName: name }));
    if (candidate.type === "AWS::S3::Bucket") return clients.s3.send(new HeadBucketCommand({ Bucket: name }));
    return clients.s3.send(new GetBucketPolicyCommand({ Bucket: name }));
  });
  return exists ? { ...candidate, identifier: identifierOf(candidate) } : undefined;
}

async function isThere(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (error instanceof Error && ABSENT.includes(error.name)) return false;
    throw error;
  }
}
