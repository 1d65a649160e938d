/** The simulator as a program: `node local/live/main.ts [--port N] [--settings FILE.json]` prints its URL and stays up. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { settingsSchema } from "./settings.ts";
import { startSimulator } from "./simulator.ts";

const { values } = parseArgs({ options: { port: { type: "string" }, settings: { type: "string" } } });
const fromFile: unknown = values.settings === undefined ? {} : JSON.parse(readFileSync(values.settings, "utf8"));
const settings = settingsSchema.parse(fromFile);
const simulator = await startSimulator({
  ...settings,
  ...(values.port !== undefined && { port: Number(values.port) }),
});
console.log(simulator.url);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void simulator.close().then(() => process.exit(0)));
}
