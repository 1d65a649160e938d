import { expect, it } from "@jest/globals";
import { resolveSecrets } from "../../../local/stack/secret-references.ts";

const ARN = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:offair/local/gateway-AbCdEf";
const SECRETS = new Map([
  [ARN, "gateway"],
  ["offair/local/gateway", "gateway"],
  ["json", '{"user":"a","count":1}'],
  ["users", '{"user":"a"}'],
]);
const resolve = (text: string) => resolveSecrets(text, (id) => SECRETS.get(id), "Integration");

it.each([
  ["text without any", "text", "text"],
  ["a secret by its ARN", `{{resolve:secretsmanager:${ARN}:SecretString}}`, "gateway"],
  ["a secret by its name", "{{resolve:secretsmanager:offair/local/gateway:SecretString}}", "gateway"],
  ["a secret without the word SecretString", "{{resolve:secretsmanager:offair/local/gateway}}", "gateway"],
  ["no member and no version, as CDK writes it", `{{resolve:secretsmanager:${ARN}:SecretString:::}}`, "gateway"],
  ["a member of its JSON", "<{{resolve:secretsmanager:users:SecretString:user}}>", "<a>"],
])("a reference in %s is replaced as CloudFormation does at a deployment", (_, text, expected) => {
  expect(resolve(text)).toBe(expected);
});

it.each([
  ["an unknown secret", "{{resolve:secretsmanager:nobody:SecretString}}", "there is no secret nobody"],
  ["an unknown member", "{{resolve:secretsmanager:users:SecretString:name}}", "has no member name"],
  ["an inherited member", "{{resolve:secretsmanager:users:SecretString:constructor}}", "has no member constructor"],
  ["a version", "{{resolve:secretsmanager:users:SecretString:user:AWSPREVIOUS}}", "does not support"],
  ["the parameter store", "{{resolve:ssm:/offair/x}}", "does not support"],
])("a reference to %s is an error that says where", (_, text, message) => {
  expect(() => resolve(text)).toThrow(new RegExp(`^Integration: .*${message}`));
});
