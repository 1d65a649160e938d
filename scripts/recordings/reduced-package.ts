/** A package with the kinds of resources that matter to a deployment, small enough to be read as a whole. */
import type { Package } from "../deploy/deps.ts";
import type { Template } from "../deploy/stack/template.ts";

type Properties = Record<string, unknown>;
type Changed = Readonly<Record<string, Properties | undefined>>;

const BUCKET: Template["Resources"] = {
  ServerlessDeploymentBucket: { Type: "AWS::S3::Bucket", Properties: { BucketEncryption: {} } },
  ServerlessDeploymentBucketPolicy: {
    Type: "AWS::S3::BucketPolicy",
    Properties: { Bucket: { Ref: "ServerlessDeploymentBucket" }, PolicyDocument: { Statement: [] } },
  },
};
const BUCKET_OUTPUTS = { ServerlessDeploymentBucketName: { Value: { Ref: "ServerlessDeploymentBucket" } } };

const lambda = (stage: string, name: string, more: Properties = {}) => ({
  Type: "AWS::Lambda::Function",
  Properties: {
    FunctionName: `offair-${stage}-${name}`,
    Code: {
      S3Bucket: { Ref: "ServerlessDeploymentBucket" },
      S3Key: `serverless/offair/${stage}/1796013195487-2026-11-30T04:33:15.487Z/${name}.zip`,
    },
    Role: { "Fn::GetAtt": ["WorkerRole", "Arn"] },
    ...more,
  },
});

const role = {
  Statement: [{ Effect: "Allow", Action: "dynamodb:GetItem", Resource: { "Fn::GetAtt": ["Ledger", "Arn"] } }],
};

function resources(stage: string): Template["Resources"] {
  return {
    ...BUCKET,
    Ledger: {
      Type: "AWS::DynamoDB::Table",
      DeletionPolicy: "RetainExceptOnCreate",
      UpdateReplacePolicy: "Retain",
      Properties: {
        TableName: `offair-${stage}-ledger`,
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        DeletionProtectionEnabled: true,
      },
    },
    Archive: {
      Type: "AWS::S3::Bucket",
      DeletionPolicy: "RetainExceptOnCreate",
      UpdateReplacePolicy: "Retain",
      Properties: { BucketName: { "Fn::Sub": `offair-${stage}-archive-\${AWS::AccountId}-\${AWS::Region}` } },
    },
    ArchivePolicy: {
      Type: "AWS::S3::BucketPolicy",
      DeletionPolicy: "Retain",
      Properties: { Bucket: { Ref: "Archive" }, PolicyDocument: { Statement: [] } },
    },
    AuditKeySecret: {
      Type: "AWS::SecretsManager::Secret",
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: { Name: `offair/${stage}/audit-key`, SecretString: "{}" },
    },
    LiveWorkerSecret: {
      Type: "AWS::SecretsManager::Secret",
      Properties: { Name: `offair/${stage}/live/worker`, SecretString: "{}" },
    },
    GatewaySecret: {
      Type: "AWS::SecretsManager::Secret",
      Properties: { Name: `offair/${stage}/gateway`, GenerateSecretString: { PasswordLength: 64 } },
    },
    UrgentQueue: { Type: "AWS::SQS::Queue", Properties: { VisibilityTimeout: 180 } },
    Alerts: { Type: "AWS::SNS::Topic", Properties: { TopicName: `offair-${stage}-alerts` } },
    WorkerRole: {
      Type: "AWS::IAM::Role",
      Properties: { Policies: [{ PolicyName: "worker", PolicyDocument: role }] },
    },
    WorkerLambdaFunction: lambda(stage, "worker", {
      Environment: {
        Variables: {
          HUAWEI_PROJECT_ID: `{{resolve:ssm:/offair/${stage}/huawei-project-id}}`,
          LEDGER_TABLE: { Ref: "Ledger" },
        },
      },
    }),
    IncidentLambdaFunction: lambda(stage, "incident", { ReservedConcurrentExecutions: 3 }),
    HttpApi: { Type: "AWS::ApiGatewayV2::Api", Properties: { Name: `offair-${stage}`, ProtocolType: "HTTP" } },
  };
}

/** Changes that an upgrade makes. */
export interface PackageChanges {
  /** Properties by logical id; they replace those of the same name. Undefined removes the resource. */
  readonly properties?: Changed;
  readonly added?: Template["Resources"];
  /** The content of every zip. Default "1". */
  readonly code?: string;
}

export function reducedPackage(
  stage: string,
  region: string,
  { properties = {}, added = {}, code = "1" }: PackageChanges = {},
): Package {
  const Resources = Object.fromEntries(
    Object.entries({ ...resources(stage), ...added })
      .filter(([id]) => !(id in properties) || properties[id] !== undefined)
      .map(([id, resource]) => [id, { ...resource, Properties: { ...resource.Properties, ...properties[id] } }]),
  );
  const host = `\${HttpApi}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}`;
  const Outputs = {
    ...BUCKET_OUTPUTS,
    ReportsUrl: { Value: { "Fn::Sub": `https://${host}/reports/` } },
    OperatorUrl: { Value: { "Fn::Sub": `https://${host}` } },
    ...(Resources.Ledger && { LedgerTable: { Value: { Ref: "Ledger" } } }),
    ...(Resources.Archive && { ArchiveBucket: { Value: { Ref: "Archive" } } }),
    AlertsTopicArn: { Value: { Ref: "Alerts" } },
  };
  return {
    region,
    bucketTemplate: { AWSTemplateFormatVersion: "2010-09-09", Resources: BUCKET, Outputs: BUCKET_OUTPUTS },
    template: { AWSTemplateFormatVersion: "2010-09-09", Resources, Outputs },
    zips: new Map(["worker", "incident"].map((name) => [`${name}.zip`, Buffer.from(`${name} ${code}`)])),
  };
}
