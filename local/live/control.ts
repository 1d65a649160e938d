/** The control API, `/_sim/…`: JSON on the same port, to set up the simulator and to read its state. Without authentication. */
import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import type { Stream } from "../../lib/core/stream.ts";
import { readBody, splitTarget } from "../kit/http.ts";
import { faultSchema } from "./faults.ts";
import type { Simulator } from "./simulator-types.ts";

/** Enough for some hundred thousand entries in one request. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

const streamShape = { domain: z.string().min(1), app: z.string().min(1), stream: z.string().min(1) };
const timeSchema = z.iso.datetime();
const oneOrMany = <T extends z.ZodType>(schema: T) =>
  z.union([z.array(schema), schema]).transform((given): z.output<T>[] => (Array.isArray(given) ? given : [given]));

const encodersSchema = oneOrMany(
  z.strictObject({
    ...streamShape,
    reconnectAfterMs: z.int().min(0).nullable().optional(),
    client_ip: z.string().optional(),
    user_args: z.string().optional(),
    start_time: timeSchema.optional(),
  }),
);
const disabledSchema = oneOrMany(z.strictObject({ ...streamShape, resume_time: timeSchema.nullable().optional() }));

const callbackSchema = z.strictObject({
  ...streamShape,
  event: z.enum(["PUBLISH", "PUBLISH_DONE"]),
  publish_timestamp: z.string().optional(),
  afterMs: z.int().min(0).optional(),
});

type Query = URLSearchParams;
type Command = (simulator: Simulator, body: unknown, query: Query) => unknown;

const since = (query: Query) =>
  z.coerce
    .number()
    .int()
    .min(0)
    .parse(query.get("since") ?? 0);

/** The stream in a query, or undefined for all. */
function streamIn(query: Query): Stream | undefined {
  return query.size === 0 ? undefined : z.strictObject(streamShape).parse(Object.fromEntries(query));
}

const COMMANDS: Readonly<Record<string, Command>> = {
  "GET state": (simulator) => simulator.state(),
  "PUT settings": (simulator, body) => simulator.changeSettings(z.looseObject({}).parse(body)),
  "POST encoders": (simulator, body) => simulator.addEncoders(encodersSchema.parse(body)),
  "DELETE encoders": (simulator, _body, query) => ({ removed: simulator.removeEncoders(streamIn(query)) }),
  "POST disabled": (simulator, body) => simulator.addDisabled(disabledSchema.parse(body)),
  "DELETE disabled": (simulator, _body, query) => ({ removed: simulator.removeDisabled(streamIn(query)) }),
  "GET calls": (simulator, _body, query) => simulator.calls(since(query)),
  "GET events": (simulator, _body, query) => simulator.events(since(query)),
  "GET callbacks": (simulator, _body, query) => simulator.callbacks(since(query)),
  "POST callbacks": (simulator, body) => simulator.sendCallback(callbackSchema.parse(body)),
  "POST faults": (simulator, body) =>
    (Array.isArray(body) ? body : [body]).map((rule) => simulator.addFault(faultSchema.parse(rule))),
  "GET faults": (simulator) => simulator.faults(),
  "DELETE faults": (simulator, _body, query) => ({ removed: simulator.removeFaults(query.get("id") ?? undefined) }),
  "POST reset": (simulator) => simulator.reset(),
};

export const isControl = (target: string): boolean => target.startsWith("/_sim/");

/** Answers 200 with the command's result (`{}` if it has none), 400 `{error}` for invalid input, or 404. */
export async function serveControl(simulator: Simulator, incoming: IncomingMessage, outgoing: ServerResponse) {
  function answer(status: number, value: unknown) {
    outgoing.writeHead(status, { "content-type": "application/json" });
    outgoing.end(`${JSON.stringify(value ?? {})}\n`);
  }

  const body = await readBody(incoming, MAX_BODY_BYTES);
  const { path, query } = splitTarget(incoming.url ?? "");
  const command = `${incoming.method} ${path.slice("/_sim/".length)}`;
  const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (!run) return answer(404, { error: `unknown command; the commands are ${Object.keys(COMMANDS).join(", ")}` });
  if (!body) return answer(413, { error: "the body is too long" });
  try {
    const given: unknown = body.length > 0 ? JSON.parse(body.toString()) : undefined;
    answer(200, run(simulator, given, new URLSearchParams(query)));
  } catch (error) {
    const isInput = error instanceof z.ZodError || error instanceof SyntaxError || error instanceof RangeError;
    if (!isInput) throw error;
    answer(400, { error: error instanceof z.ZodError ? z.prettifyError(error) : error.message });
  }
}
