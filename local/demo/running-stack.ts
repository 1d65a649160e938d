/** The local stack that runs in another terminal, and the encoders of its Live simulator. */
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { isRunning, type LocalStack, localStackFile, readLocalStack } from "../../cli/terminal/local-stack.ts";
import { type Stream, streamKey, streamSchema } from "../../lib/core/stream.ts";
import { UsageError } from "../kit/arguments.ts";
import type { EncoderInput } from "../live/encoders.ts";

const LOOKS = 20;
const LOOK_EVERY_MS = 100;

/** @throws UsageError where none is running. */
export function runningStack(): LocalStack {
  const path = localStackFile(process.env);
  const stack = path === undefined ? undefined : readLocalStack(path);
  if (stack && isRunning(stack)) return stack;
  const why = stack ? ` (${path} is stale: process ${stack.pid} has ended)` : "";
  throw new UsageError(`no local stack is running${why}: type npm start in another terminal, and wait until it is up`);
}

/** @throws UsageError with the simulator's own words. */
export async function addEncoders(simulator: string, inputs: readonly EncoderInput[]): Promise<void> {
  const answer = await fetch(`${simulator}/_sim/encoders`, { method: "POST", body: JSON.stringify(inputs) });
  if (!answer.ok) throw new UsageError(`the simulator refused: ${await answer.text()}`);
}

/**
 * Makes the stream live, unless it has an encoder. Live calls back about a new push, and that comes before the report: else it would
 * look as if a stream that was just taken off had come back.
 *
 * @returns false where it has an encoder, or can have none: offair then says what is wrong with it.
 */
export async function startPushing(simulator: string, stream: Stream): Promise<boolean> {
  const isThis = (each: Stream) => streamKey(each) === streamKey(stream);
  const { encoders, settings } = stateSchema.parse(await read(simulator, "state"));
  if (encoders.some(isThis) || !streamSchema.safeParse(stream).success) return false;
  const added = await addEncoders(simulator, [stream]).catch(() => false);
  if (added === false) return false;
  const isToldOf = settings.notifications.some(({ domain }) => domain === stream.domain);
  for (let look = 0; isToldOf && look < LOOKS; look++) {
    if (callbacksSchema.parse(await read(simulator, "callbacks")).some(isThis)) break;
    await wait(LOOK_EVERY_MS);
  }
  return true;
}

/** An encoder may push what offair would take for no stream. */
const callbacksSchema = z.array(z.object({ domain: z.string(), app: z.string(), stream: z.string() }));
const stateSchema = z.object({
  encoders: callbacksSchema,
  settings: z.object({ notifications: z.array(z.object({ domain: z.string() })) }),
});

const read = async (simulator: string, what: string): Promise<unknown> =>
  (await fetch(`${simulator}/_sim/${what}`)).json();
