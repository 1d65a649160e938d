/** The settings of a function, and the environment variables that Lambda adds to it. */
export interface FunctionSettings {
  readonly name: string;
  /** `dist/webhook/index.handler`, below the task root. */
  readonly handler: string;
  /** The directory into which the package was unpacked; `/var/task` on Lambda. */
  readonly taskRoot: string;
  /** 1 to 900. */
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly logFormat: "JSON" | "Text";
  readonly region: string;
  readonly arn: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Of a session of the function's role. */
  readonly credentials: FunctionCredentials;
}

export interface FunctionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A line that a function wrote to standard output or standard error. */
export interface LogLine {
  readonly functionName: string;
  readonly requestId: string | undefined;
  readonly line: string;
  /** The parsed line, if it is a JSON object. */
  readonly record: Readonly<Record<string, unknown>> | undefined;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
export function runtimeEnvironment(settings: FunctionSettings, runtimeApi: string, logStream: string) {
  const { name, handler, taskRoot, memoryMb, region, logFormat, environment, credentials } = settings;
  return {
    ...environment,
    PATH: process.env.PATH ?? "",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: taskRoot,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_LOG_FORMAT: logFormat,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
  };
}
