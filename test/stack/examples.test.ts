/** The senders of examples/, as their readers run them: each signs a report, and the local stack answers 202. */
import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { SOURCE, SOURCE_SECRET, startWorld, type World } from "../../local/demo/world.ts";

const run = promisify(execFile);
const EXAMPLES = join(import.meta.dirname, "../../examples");
const WRONG_SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

const SENDERS: readonly { readonly file: string; readonly command: string; readonly needs: readonly string[] }[] = [
  { file: "send-report.mjs", command: process.execPath, needs: [] },
  { file: "send_report.py", command: "python3", needs: ["python3"] },
  { file: "send-report.sh", command: "bash", needs: ["bash", "openssl", "curl"] },
];
const isMissing = (tool: string): boolean => spawnSync(tool, ["--version"]).error !== undefined;
const missing = [...new Set(SENDERS.flatMap(({ needs }) => needs))].filter(isMissing);
if (missing.length > 0 && process.env.CI) throw new Error(`missing in CI: apt-get install ${missing.join(" ")}`);
if (missing.length > 0) console.warn(`Examples that need these are not run here: ${missing.join(", ")}`);

describe("examples", () => {
  let packaged: PackagedAlone;
  let world: World;
  beforeAll(async () => {
    packaged = await packageAlone();
    world = await startWorld({ templatePath: packaged.templatePath, ports: { gateway: 0 } });
  });
  afterAll(async () => {
    await world?.close();
    packaged?.remove();
  });

  const send = (command: string, file: string, secret: string) =>
    run(command, [join(EXAMPLES, file)], {
      env: {
        ...process.env,
        ...{ OFFAIR_REPORTS_URL: `${world.stack.gatewayUrl}/reports/${SOURCE}`, OFFAIR_SECRET: secret },
      },
    });

  for (const { file, command, needs } of SENDERS) {
    const test = needs.some((tool) => missing.includes(tool)) ? it.skip : it;
    test(`${file} is answered 202, and fails where the secret is another`, async () => {
      const { stdout } = await send(command, file, SOURCE_SECRET);
      expect(stdout).toContain("202");
      expect(stdout).toContain('"status":"accepted"');
      const refused = await send(command, file, WRONG_SECRET).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: expect.any(Number) });
      expect(JSON.stringify(refused)).toContain("401");
    });
  }

  const test = ["bash", "openssl", "curl"].some((tool) => missing.includes(tool)) ? it.skip : it;
  test("ask-status.sh is answered 200 for a report that was sent, and fails for another", async () => {
    const { stdout } = await send("bash", "send-report.sh", SOURCE_SECRET);
    const id = /"id":"([^"]+)"/.exec(stdout)?.[1] ?? "";
    const ask = (asked: string) =>
      run("bash", [join(EXAMPLES, "ask-status.sh"), asked], {
        env: {
          ...process.env,
          ...{ OFFAIR_REPORTS_URL: `${world.stack.gatewayUrl}/reports/${SOURCE}`, OFFAIR_SECRET: SOURCE_SECRET },
        },
      });
    let answer = "";
    while (answer === "") {
      const found = await ask(id).catch((error: unknown) => String(JSON.stringify(error)));
      if (typeof found === "object") answer = found.stdout;
      else expect(found).toContain("ERR_REPORT_UNKNOWN"); // it is still on the queue
    }
    expect(answer).toContain(`"source":"${SOURCE}","id":"${id}"`);
    expect(answer).toContain(" 200");
    expect(await ask("msg_nobody").catch((error: unknown) => JSON.stringify(error))).toContain("404");
  });
});
