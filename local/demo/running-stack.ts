/** Finds the local stack that runs in another terminal, and starts encoders in its Live simulator. */
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { isRunning, type LocalStack, localStackFile, readLocalStack } from "../../cli/terminal/local-stack.ts";
import { type Stream, streamKey, streamSchema } from "../../lib/core/stream.ts";
import { UsageError } from "../kit/arguments.ts";
import type { EncoderInput } from "../live/encoders.ts";

const LOOKS = 20;
const LOOK_EVERY_MS = 100;

/** @throws UsageError if none is running. */
export function runningStack(): LocalStack {
  const path = localStackFile(process.env);
  const stack = path === undefined ? undefined : readLocalStack(path);
  if (stack && isRunning(stack)) return stack;
  const why = stack ? ` (${path} is stale: process ${stack.pid} has ended)` : "";
  throw new UsageError(`no local stack is running${why}: run npm start in another terminal, and wait until it is up`);
}

/** @throws UsageError with the simulator's message. */
export async function addEncoders(simulator: string, inputs: readonly EncoderInput[]): Promise<void> {
  const answer = await fetch(`${simulator}/_sim/encoders`, { method: "POST", body: JSON.stringify(inputs) });
  if (!answer.ok) throw new UsageError(`the simulator refused: ${await answer.text()}`);
}

/**
 * Starts an encoder for the stream, unless it has one. Waits for Live's callback about the new push, because a callback after the
 * report would look like a re-publish of the stream that was just taken off.
 *
 * @returns false if it has an encoder, or its name is invalid; offair then answers with the reason.
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

/** Less strict than `streamSchema`, because an encoder may push names that offair refuses. */
const callbacksSchema = z.array(z.object({ domain: z.string(), app: z.string(), stream: z.string() }));
const stateSchema = z.object({
  encoders: callbacksSchema,
  settings: z.object({ notifications: z.array(z.object({ domain: z.string() })) }),
});

const read = async (simulator: string, what: string): Promise<unknown> =>
  (await fetch(`${simulator}/_sim/${what}`)).json();
