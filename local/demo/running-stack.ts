/** The local stack that runs in another terminal, and the encoders of its Live simulator. */
import * as z from "zod";
import { isRunning, type LocalStack, localStackFile, readLocalStack } from "../../cli/terminal/local-stack.ts";
import { type Stream, streamSchema } from "../../lib/core/stream.ts";
import { UsageError } from "../kit/arguments.ts";
import type { EncoderInput } from "../live/encoders.ts";

/** @throws UsageError where none is running. */
export function runningStack(): LocalStack {
  const path = localStackFile(process.env);
  const stack = path === undefined ? undefined : readLocalStack(path);
  if (stack && isRunning(stack)) return stack;
  const why = stack ? ` (${path} is stale: process ${stack.pid} has ended)` : "";
  throw new UsageError(`no local stack is running${why}: type npm start in another terminal, and wait until it is up`);
}

const stateSchema = z.object({ encoders: z.array(streamSchema) });

export async function encoders(simulator: string): Promise<Stream[]> {
  return stateSchema.parse(await (await fetch(`${simulator}/_sim/state`)).json()).encoders;
}

/** @throws UsageError with the simulator's own words. */
export async function addEncoders(simulator: string, inputs: readonly EncoderInput[]): Promise<void> {
  const answer = await fetch(`${simulator}/_sim/encoders`, { method: "POST", body: JSON.stringify(inputs) });
  if (!answer.ok) throw new UsageError(`the simulator refused: ${await answer.text()}`);
}
