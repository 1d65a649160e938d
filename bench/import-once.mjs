// Loads a bundle in a new process, as Lambda's runtime does, and prints the milliseconds. Plain JavaScript, so that no
// types are stripped during the measurement.
import { pathToFileURL } from "node:url";

const url = pathToFileURL(process.argv[2]);
const start = performance.now();
const { handler } = await import(url);
const ms = performance.now() - start;
process.stdout.write(JSON.stringify({ ms, isFunction: typeof handler === "function" }), () => process.exit());
