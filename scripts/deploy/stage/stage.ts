/** The schema of a stage file, `deploy/<stage>.yml`: where and with which parameters a stage is deployed. It never holds a secret. */
import * as z from "zod";

/** Short, because the archive's bucket name holds it beside the account and the region, and has at most 63 characters. */
const STAGE_NAME = /^[a-z][a-z0-9-]{0,14}[a-z0-9]$/;
/** `local` is the stage of `npm start`; `example` is the file to copy. */
const RESERVED = ["local", "example"];

/** @returns why the text cannot be the name of a stage; undefined if it can. */
export function stageNameIssue(name: string): string | undefined {
  if (RESERVED.includes(name)) return `the stage ${name} is reserved: choose another name, for instance prod`;
  return STAGE_NAME.test(name)
    ? undefined
    : "a stage has 2 to 16 lower-case letters, digits and hyphens, for instance prod";
}

/** https://docs.aws.amazon.com/general/latest/gr/rande.html; Huawei's regions have similar names, as in cn-north-4 or sa-brazil-1. */
const AWS_REGION =
  /^(cn-north(west)?-1|(?!cn)[a-z]{2}(-gov|-iso[a-z]?)?-(central|north|south|(north|south)?(east|west))-\d)$/;
/** Live's endpoints: https://support.huaweicloud.com/intl/en-us/api-live/live_03_0052.html; Dublin has the domain .eu. */
const LIVE_ENDPOINT = /^https:\/\/live\.[a-z]+(-[a-z]+)+-\d+\.myhuaweicloud\.(com|eu)\/?$/;
const IAM_ENDPOINT = /^https:\/\/iam\.[a-z]+(-[a-z]+)+-\d+\.myhuaweicloud\.(com|eu)\/?$/;
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827],
  ...[2192, 2557, 2922, 3288, 3653],
];
/** Huawei users of a pool; resources/huawei-users.cjs has the same limit. */
const MAX_USERS = 8;
const SSM_NAME = /^\/[\w.-]+(\/[\w.-]+)*$/;

export const stageSchema = z
  .strictObject({
    region: z.string().regex(AWS_REGION, "is not an AWS region: write for instance eu-central-1"),
    liveEndpoint: z
      .string()
      .regex(
        LIVE_ENDPOINT,
        "is not an endpoint of Live: write https://live.<region>.myhuaweicloud.com with the region of your Live domains",
      ),
    projectIdParameter: z
      .string()
      .regex(SSM_NAME, "is not the name of a parameter: write for instance /offair/prod/huawei-project-id")
      .optional(),
    account: z
      .string()
      .regex(/^\d{12}$/, "is not an AWS account id: write the 12 digits in quotes")
      .optional(),
    alertsEmail: z.email("is not an e-mail address").optional(),
    reportsPerSecond: z.int().min(1).max(10_000).optional(),
    reportsBurst: z.int().min(1).max(5_000).optional(),
    liveTimeoutMs: z.int().min(500).max(4_000).optional(),
    liveQuotaShare: z.number().min(0.05).max(1).optional(),
    workerUsers: z.int().min(1).max(MAX_USERS).optional(),
    auditUsers: z.int().min(1).max(MAX_USERS).optional(),
    xray: z.boolean().optional(),
    canary: z.enum(["on", "off"], 'must be "on" or "off", with the quotes').optional(),
    rotationDays: z.int().min(0).max(1_000).optional(),
    iamEndpoint: z
      .string()
      .regex(IAM_ENDPOINT, "is not an endpoint of Huawei's IAM: write https://iam.<region>.myhuaweicloud.com")
      .optional(),
    logRetentionDays: z
      .int()
      .refine((days) => RETENTION_DAYS.includes(days), `must be one of ${RETENTION_DAYS.join(", ")}`)
      .optional(),
  })
  .superRefine(({ liveEndpoint, iamEndpoint, rotationDays = 0 }, { addIssue }) => {
    const iamOfLive = liveEndpoint.replace("//live.", "//iam.").replace(/\/$/, "");
    const issue = (key: string, message: string) =>
      addIssue({ code: "custom", path: [key], message: `${message}: write ${iamOfLive}` });
    if (iamEndpoint === undefined && rotationDays > 0) issue("rotationDays", "needs iamEndpoint");
    if (iamEndpoint !== undefined && iamEndpoint.replace(/\/$/, "") !== iamOfLive)
      issue("iamEndpoint", "is in another region than liveEndpoint");
  });

export type StageFile = z.infer<typeof stageSchema>;

export interface Stage extends StageFile {
  readonly name: string;
  readonly projectIdParameter: string;
}

/** Keys that are not parameters of serverless.yml of the same name. */
const NOT_PARAMETERS = ["name", "region", "account", "projectIdParameter"];

/** The parameters of serverless.yml that the stage file sets, as text, for `--param NAME=VALUE`. */
export const stageParameters = (stage: StageFile): Record<string, string> => {
  const set = Object.entries(stage).filter(([key, value]) => !NOT_PARAMETERS.includes(key) && value !== undefined);
  return Object.fromEntries(set.map(([key, value]) => [key, String(value)]));
};

export const stackNameOf = (stage: Pick<Stage, "name">): string => `offair-${stage.name}`;
