/**
 * What Lambda's Node runtime does between the sandbox and a bundle: init, then next → handler → response or error, for ever.
 * Answers and error types are those of aws-lambda-ric 4 (https://github.com/aws/aws-lambda-nodejs-runtime-interface-client);
 * streaming, extensions and the sending of X-Ray segments are left out. Plain JavaScript, so that a cold start strips no types.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

// By require: the import form would load Node's whole fetch, and this time would count as the function's.
const http = createRequire(import.meta.url)("node:http");
const { env } = process;
const [hostname, port] = env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

/** One call to the Runtime API. Whoever cannot be reached is gone, and then nothing is left to run for. */
const call = (method, path, body = "") =>
  new Promise((done) => {
    const request = http.request({ hostname, port, agent, method, path: `/2018-06-01/runtime/${path}` }, (response) => {
      const chunks = [];
      response.on("error", () => process.exit(1));
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => done({ headers: response.headers, text: Buffer.concat(chunks).toString() }));
    });
    request.on("error", () => process.exit(1));
    request.end(body);
  });

const named = (name, message) => Object.assign(new Error(message), { name });

const describeError = (error) =>
  error instanceof Error
    ? { errorType: `${error.name}`, errorMessage: `${error.message}`, trace: `${error.stack ?? ""}`.split("\n") }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

// Log lines: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const asJson = env.AWS_LAMBDA_LOG_FORMAT === "JSON";
const threshold = asJson ? LEVELS.indexOf(env.AWS_LAMBDA_LOG_LEVEL ?? "INFO") : 0;
const invocation = new AsyncLocalStorage();
let currentId;

function writeLine(level, args) {
  if (LEVELS.indexOf(level) < threshold) return;
  const timestamp = new Date().toISOString();
  const requestId = invocation.getStore() ?? currentId;
  if (!asJson) {
    process.stdout.write(`${[timestamp, requestId, level, format(...args)].join("\t")}\n`);
    return;
  }
  const error = args.find((arg) => arg instanceof Error);
  const message = args.length === 1 && !error ? args[0] : format(...args);
  const fault = error && { errorType: error.name, errorMessage: error.message, stackTrace: error.stack?.split("\n") };
  process.stdout.write(`${JSON.stringify({ timestamp, level, requestId, message, ...fault })}\n`);
}

const METHODS = { trace: "TRACE", debug: "DEBUG", log: "INFO", info: "INFO", warn: "WARN", error: "ERROR" };
for (const [method, level] of Object.entries(METHODS)) console[method] = (...args) => writeLine(level, args);

/** Reports an uncaught error to the waiting caller, and ends the process as the real runtime does. */
async function die(error, errorType) {
  const fault = { ...describeError(error), errorType };
  writeLine("ERROR", [
    Object.assign(new Error(fault.errorMessage), { name: errorType, stack: fault.trace.join("\n") }),
  ]);
  await call("POST", currentId ? `invocation/${currentId}/error` : "init/error", JSON.stringify(fault));
  process.exit(129);
}
process.on("unhandledRejection", (reason) => die(reason, "Runtime.UnhandledPromiseRejection"));
process.on("uncaughtException", (error) => die(error, error?.name ?? "Error"));

async function loadHandler() {
  const dot = env._HANDLER.lastIndexOf(".");
  if (dot < 0) throw named("Runtime.MalformedHandlerName", `Bad handler ${env._HANDLER}`);
  const base = resolve(env.LAMBDA_TASK_ROOT, env._HANDLER.slice(0, dot));
  const file = ["", ".js", ".mjs", ".cjs"].map((extension) => base + extension).find((path) => existsSync(path));
  if (!file) throw named("Runtime.ImportModuleError", `Error: Cannot find module '${base}'`);
  const module = await import(pathToFileURL(file).href).catch((error) => {
    if (error?.code === "ERR_MODULE_NOT_FOUND") throw named("Runtime.ImportModuleError", `Error: ${error.message}`);
    if (error instanceof SyntaxError) throw named("Runtime.UserCodeSyntaxError", `SyntaxError: ${error.message}`);
    throw error;
  });
  const name = env._HANDLER.slice(dot + 1);
  const handler = module[name] ?? module.default?.[name];
  if (handler === undefined) throw named("Runtime.HandlerNotFound", `${env._HANDLER} is undefined or not exported`);
  if (typeof handler !== "function") throw named("Runtime.HandlerNotFound", `${env._HANDLER} is not a function`);
  // Node 24 on Lambda took callbacks away: three declared parameters are refused, whatever they are for.
  if (handler.length >= 3) throw named("Runtime.CallbackHandlerDeprecated", `${env._HANDLER} takes a callback`);
  return handler;
}

function createContext(headers) {
  const deadlineMs = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

function marshal(result) {
  try {
    return JSON.stringify(result) ?? "null";
  } catch (error) {
    throw named("Runtime.MarshalError", `Unable to stringify response body: ${error.message}`);
  }
}

const handler = await loadHandler().catch(async (error) => {
  writeLine("ERROR", ["Init Error", error]);
  await call("POST", "init/error", JSON.stringify(describeError(error)));
  process.exit(1);
});

for (;;) {
  const { headers, text } = await call("GET", "invocation/next");
  const id = headers["lambda-runtime-aws-request-id"];
  currentId = id;
  env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"]; // the SDK's clients send it with every request
  const [kind, body] = await invocation
    .run(id, async () => handler(JSON.parse(text), createContext(headers)))
    .then((result) => ["response", marshal(result)])
    .catch((error) => {
      writeLine("ERROR", ["Invoke Error", error]); // the real runtime logs it too: what an error holds ends up in the log
      return ["error", JSON.stringify(describeError(error))];
    });
  await call("POST", `invocation/${id}/${kind}`, body);
}
