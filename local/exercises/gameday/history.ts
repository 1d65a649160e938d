/** Runs `offair history` over the archive of the day, as an auditor does. */
import { typeOffair } from "../offair-command.ts";
import type { Stage } from "../stage.ts";
import { DOMAIN } from "./script-writer.ts";

export const AUDITOR = "auditor";

/** Records the command with its output, for each UTC day of the exercise. */
export async function askForHistory({ stack, noteCommand }: Stage, startedAt: Date): Promise<void> {
  const days = new Set([startedAt, new Date()].map((at) => at.toISOString().slice(0, 10)));
  for (const day of days) {
    const args = ["history", day, "--domain", DOMAIN, "--bucket", stack.bucket, "--json"];
    const store = { AWS_ENDPOINT_URL: stack.storage.url, AWS_REGION: "eu-central-1" };
    const keys = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
    noteCommand(await typeOffair(AUDITOR, args, { ...store, ...keys }).ended);
  }
}
