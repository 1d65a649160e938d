/** The `offair` command. It only wires; see main.ts. */
import { EXIT } from "./command.ts";
import { main } from "./main.ts";
import { createOut } from "./out.ts";

const out = createOut(process, process.env, (error) => {
  console.error(`offair: the result cannot be written: ${error.message}`);
  process.exit(EXIT.failed); // whoever has a part of it must not take it for all
});
process.exitCode = await main(process.argv.slice(2), { out, env: process.env, now: () => new Date() });
