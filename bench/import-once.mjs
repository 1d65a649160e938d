// A fresh process that loads a bundle as Lambda's runtime does, and tells how many milliseconds it took. Plain JavaScript, so that no
// types are stripped within the time.
import { pathToFileURL } from "node:url";

const url = pathToFileURL(process.argv[2]);
const start = performance.now();
const { handler } = await import(url);
const ms = performance.now() - start;
process.stdout.write(JSON.stringify({ ms, isFunction: typeof handler === "function" }), () => process.exit());
