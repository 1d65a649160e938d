/** The `offair` command. It only wires; see main.ts. */
import { main } from "./main.ts";
import { createOut } from "./out.ts";

const out = createOut(process, process.env);
process.exitCode = await main(process.argv.slice(2), { out, env: process.env, now: () => new Date() });
