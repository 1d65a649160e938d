/**
 * CloudFormation's rules about types of resources: the property that names a resource, and the properties whose change replaces it
 * ("Update requires: Replacement"). Only types that offair deploys.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */

interface TypeRule {
  /** The property with the custom name. Absent: CloudFormation chooses the name. */
  readonly name?: string;
  readonly replacedBy: readonly string[];
  /** The identifier of an import. Absent: the type cannot be imported. */
  readonly importedBy?: string;
}

/** The properties that are immutable beside the name. */
const RULES: Readonly<Record<string, TypeRule>> = {
  "AWS::ApiGatewayV2::Api": { replacedBy: ["ProtocolType"] },
  "AWS::ApiGatewayV2::Integration": { replacedBy: ["ApiId"] },
  "AWS::ApiGatewayV2::Route": { replacedBy: ["ApiId"] },
  "AWS::ApiGatewayV2::Stage": { replacedBy: ["ApiId", "StageName"] },
  "AWS::CloudWatch::Alarm": { name: "AlarmName", replacedBy: ["AlarmName"] },
  "AWS::CloudWatch::Dashboard": { name: "DashboardName", replacedBy: ["DashboardName"] },
  "AWS::DynamoDB::Table": {
    name: "TableName",
    replacedBy: ["TableName", "KeySchema", "LocalSecondaryIndexes", "ImportSourceSpecification"],
    importedBy: "TableName",
  },
  "AWS::Events::EventBus": { name: "Name", replacedBy: ["Name", "EventSourceName"] },
  "AWS::IAM::Policy": { replacedBy: [] },
  "AWS::IAM::Role": { name: "RoleName", replacedBy: ["RoleName", "Path"] },
  "AWS::KMS::Key": { replacedBy: ["MultiRegion"] },
  "AWS::Lambda::EventInvokeConfig": { replacedBy: ["FunctionName", "Qualifier"] },
  "AWS::Lambda::EventSourceMapping": { replacedBy: ["EventSourceArn"] },
  "AWS::Lambda::Function": { name: "FunctionName", replacedBy: ["FunctionName", "PackageType"] },
  "AWS::Lambda::Permission": { replacedBy: ["Action", "FunctionName", "Principal", "SourceArn", "SourceAccount"] },
  "AWS::Logs::LogGroup": { name: "LogGroupName", replacedBy: ["LogGroupName"] },
  "AWS::S3::Bucket": { name: "BucketName", replacedBy: ["BucketName"], importedBy: "BucketName" },
  "AWS::S3::BucketPolicy": { name: "Bucket", replacedBy: ["Bucket"], importedBy: "Bucket" },
  "AWS::Scheduler::Schedule": { name: "Name", replacedBy: ["Name", "GroupName"] },
  "AWS::Scheduler::ScheduleGroup": { name: "Name", replacedBy: ["Name"] },
  "AWS::SecretsManager::RotationSchedule": { replacedBy: ["SecretId"] },
  "AWS::SecretsManager::Secret": { name: "Name", replacedBy: ["Name"], importedBy: "Id" },
  "AWS::SNS::Subscription": { replacedBy: ["TopicArn", "Protocol", "Endpoint"] },
  "AWS::SNS::Topic": { name: "TopicName", replacedBy: ["TopicName", "FifoTopic"] },
  "AWS::SNS::TopicPolicy": { replacedBy: [] },
  "AWS::SQS::Queue": { name: "QueueName", replacedBy: ["QueueName", "FifoQueue"] },
  "AWS::SQS::QueuePolicy": { replacedBy: [] },
};

/** @throws Error for a type without a rule: a wrong guess would go unnoticed. */
export function ruleOf(type: string): TypeRule {
  const rule = RULES[type];
  if (!rule) throw new Error(`local/deployment/rules.ts has no rule for ${type}: add it from the template reference`);
  return rule;
}

export const isReplacedBy = (type: string, property: string): boolean => ruleOf(type).replacedBy.includes(property);
