/** The page of what is off the air, against the local stack: enabling, prolonging and undoing. By keyboard only. */
import { expect, it } from "@jest/globals";
import { until } from "../../../local/demo/scene.ts";
import { describeInBrowser, type Person, streamOf, useStackConsole } from "./harness.ts";
import { enter, tabTo, typeInto } from "./keyboard.ts";
import { PATIENCE_MS } from "./open-page.ts";

const consoles = useStackConsole();

/** Disables streams, and waits until Live lists them. */
async function disable(names: readonly string[], hours: number, reason: string, by: Person = "bob"): Promise<void> {
  const streams = names.map(streamOf);
  const answer = await consoles.ask(by, { action: "disable", streams, hours, reason, dryRun: false });
  expect(answer.errors).toEqual([]);
  const areListed = async () => {
    const listed = await endsOf();
    return names.every((name) => listed.has(name)) || undefined;
  };
  await until(`${names.join()} are off`, areListed, PATIENCE_MS);
}

/** The end of each stream that Live lists. */
async function endsOf(): Promise<ReadonlyMap<string, string | null | undefined>> {
  const { results } = await consoles.ask("alice", { action: "list" });
  return new Map(results.map(({ stream, resumeTime }) => [stream.stream, resumeTime]));
}

describeInBrowser("off the air", () => {
  it("enables the streams that were selected, and no other", async () => {
    await disable(["raid-1", "raid-2", "raid-3"], 24, "INC-7 raid");
    const { page, goTo, press } = await consoles.open("alice");
    await goTo("off");
    const group = page.getByRole("article", { name: "INC-7 raid" });
    expect(await group.innerText()).toContain("bob");
    await enter(page, group.getByRole("button", { name: "Show the streams" }));
    await tabTo(page, group.getByRole("grid"));
    await press("Space", "ArrowDown", "ArrowDown", "Space");
    await page.getByText("2 selected").waitFor();
    await page.locator("h1").click(); // Tab goes on from the top
    await enter(page, page.getByRole("button", { name: "Enable 2 streams" }).first());
    await typeInto(page, page.getByLabel("Reason"), "the wrong ones");
    await press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Will be enabled now: 2 streams").waitFor();
    expect(await dialog.innerText()).toContain("raid-1");
    expect([...(await endsOf()).keys()]).toContain("raid-1"); // nothing yet
    await enter(page, dialog.getByRole("button", { name: "Enable 2 streams now" }));
    await dialog.getByText("Done: 2 streams.").waitFor();
    await press("Enter"); // closes it
    const left = [...(await endsOf()).keys()];
    expect(left).toContain("raid-2");
    expect(left).not.toContain("raid-1");
    expect(left).not.toContain("raid-3");
  });

  it("prolongs, and asks separately before an end comes earlier", async () => {
    await disable(["long-1"], 7 * 24, "INC-8 long");
    const before = (await endsOf()).get("long-1");
    const { page, goTo, press } = await consoles.open("alice");
    await goTo("off");
    const group = page.getByRole("article", { name: "INC-8 long" });
    await enter(page, group.getByRole("button", { name: "Prolong 1 stream" }));
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("For how long from now").selectOption("24");
    await typeInto(page, page.getByLabel("Reason"), "until tomorrow");
    await press("Enter");
    await dialog.getByText("EARLIER", { exact: true }).waitFor();
    await enter(page, dialog.getByRole("button", { name: "Disable 1 stream until then" }));
    expect(await dialog.getByText("EARLIER", { exact: true }).count()).toBe(1); // the question is not answered yet
    expect((await endsOf()).get("long-1")).toBe(before);
    await press("Escape");
    await enter(page, group.getByRole("button", { name: "Prolong 1 stream" }));
    await dialog.getByLabel("For how long from now").selectOption(`${30 * 24}`);
    await typeInto(page, page.getByLabel("Reason"), "a month");
    await press("Enter");
    await dialog.getByText("new end").waitFor();
    await enter(page, dialog.getByRole("button", { name: "Disable 1 stream until then" }));
    await dialog.getByText("Done: 1 stream.").waitFor();
    expect(Date.parse((await endsOf()).get("long-1") ?? "")).toBeGreaterThan(Date.parse(before ?? ""));
  });

  it("plans what is more than ten, and the undo of a batch", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `many-${index + 1}`);
    await disable(names.slice(0, 10), 24, "INC-9 many", "carol");
    await disable(names.slice(10), 24, "INC-10 more");
    const { page, goTo, press } = await consoles.open("alice");
    await goTo("off");
    for (const reason of ["INC-9 many", "INC-10 more"]) {
      const group = page.getByRole("article", { name: reason });
      await enter(page, group.getByRole("button", { name: "Select all of them" }));
    }
    await page.locator("h1").click();
    await enter(page, page.getByRole("button", { name: "Enable 12 streams" }).first());
    await typeInto(page, page.getByLabel("Reason"), "over");
    await press("Enter");
    await page.waitForURL(/#\/plans\/op-/);
    await goTo("off");
    await enter(page, page.getByRole("article", { name: "INC-9 many" }).getByRole("button", { name: "Undo all" }));
    await typeInto(page, page.getByLabel("Reason"), "wrong");
    await press("Enter");
    await page.waitForURL(/#\/plans\/op-/);
    expect([...(await endsOf()).keys()]).toEqual(expect.arrayContaining(names)); // plans change nothing
  });

  it("finds what a person took off the air", async () => {
    await disable(["by-bob"], 24, "INC-12 by bob");
    const { page, goTo, press } = await consoles.open("alice");
    await goTo("off");
    await page.getByRole("article", { name: "INC-12" }).waitFor();
    await typeInto(page, page.getByRole("textbox", { name: "By" }), "alice");
    await press("Enter");
    await page.getByRole("article", { name: "INC-12" }).waitFor({ state: "detached" });
    await typeInto(page, page.getByRole("textbox", { name: "By" }), "bob");
    await press("Enter");
    await page.getByRole("article", { name: "INC-12" }).waitFor();
  });
});
