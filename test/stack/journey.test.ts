/** The journey of test/cli/journey.ts in terminals of 100×30 and 80×24: everything that matters is on the screen when a question is asked. */
import { appendFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type PackagedAlone, packageAlone } from "../../build/package-alone.ts";
import { startWorld, type World } from "../../local/demo/world.ts";
import { ADDRESS, journeyText, playJourney, type Step } from "../cli/journey.ts";

let packaged: PackagedAlone;
let world: World;
beforeAll(async () => {
  packaged = await packageAlone();
  world = await startWorld({ templatePath: packaged.templatePath, ports: { gateway: 0 }, seed: 7 });
});
afterAll(async () => {
  await world?.close();
  packaged?.remove();
});

/** Without spaces: a terminal breaks lines anywhere, and a screen does not tell a space at its edge from nothing. */
const flat = (text = ""): string => text.replaceAll(/\s/g, "");

describe.each([
  [1, { columns: 100, rows: 30 }],
  [2, { columns: 80, rows: 24 }],
])("journey %i, in a terminal of %j", (round, size) => {
  let steps: ReadonlyMap<string, Step>;
  function step(name: string): Step {
    const played = steps.get(name);
    if (!played) throw new Error(`the journey has no step ${name}`);
    return played;
  }
  beforeAll(async () => {
    steps = await playJourney(world, size, round);
    const file = process.env.OFFAIR_JOURNEY_FILE;
    if (file !== undefined) appendFileSync(file, `${journeyText(steps, size)}\n\n`);
  });

  it("points at a name that nobody pushes before it asks, and says so afterwards", () => {
    const { question, screen, code } = step("mistyped");
    expect(flat(question)).toContain(flat("nobody pushes this name now"));
    expect(question).toContain(`push.example.com/live/raid${round}-007`);
    expect(question).toMatch(/disable it\? \[y\/N\]/);
    expect(screen).toContain("disabled, and nobody was pushing it");
    expect(code).toBe(0);
  });

  it.each(["approve", "apply"])("shows everything that matters when it asks: %s", (name) => {
    const { question, code } = step(name);
    const seen = flat(question);
    const sha256 = /--sha256 (\w{12})/.exec(step(name).command)?.[1];
    for (const text of [
      `${name}: disable 40 streams of push.example.com until `,
      "(1 d); found as ",
      `raid${round}-* of push.example.com from ${ADDRESS} (600 were live)`,
      `sha256 ${sha256}…; because INC-881: a raid from one address? [y/N]`,
      ...["PLAN op-", "because   INC-881: a raid from one address", "asked by  arn:aws:iam::", ":user/alice"],
      ...["streams   40 of ", `${ADDRESS}     since 20`, "needed from a second person", "sha256    "],
    ]) {
      expect(seen).toContain(flat(text));
    }
    expect(seen).toMatch(/…and\d+more:--allshowsthem/);
    expect(code).toBe(0);
  });

  it("refuses before the question what would be refused after it", () => {
    const author = step("author approves");
    expect(author).toMatchObject({ code: 3, question: undefined });
    expect(flat(author.screen)).toContain(flat("was planned by the same person: another person must approve it"));
    const unapproved = step("unapproved");
    expect(unapproved).toMatchObject({ code: 3, question: undefined });
    expect(flat(unapproved.screen)).toContain(flat("needs the approval of a second person"));
  });

  it("approves nothing in a pipe without --yes", () => {
    expect(step("in a pipe")).toMatchObject({ code: 3, screen: expect.stringContaining("again with --yes") });
  });

  it("leads from a lost terminal to the right undo in two commands", () => {
    expect(step("lost terminal")).toMatchObject({
      code: 0,
      screen: expect.stringMatching(/op-\S+ +done +disable 40 .*alice +undo +INC-881/),
    });
    const { code, screen } = step("undo");
    expect(code).toBe(0);
    expect(screen).toContain("offair approve op-");
    expect(screen).toContain("--reason 'a false alarm'");
  });
});
