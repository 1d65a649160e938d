/** The harness notices what a page of the console must never do, and a session opens from the printed link. */
import { expect, it } from "@jest/globals";
import { describeInBrowser, useRouteConsole } from "./harness.ts";

const consoles = useRouteConsole();

describeInBrowser("the harness", () => {
  it("opens a session from the printed link, which stays nowhere", async () => {
    const { page, context } = await consoles.open("alice");
    expect(page.url()).toBe(`${new URL(page.url()).origin}/`);
    expect(await page.locator("header").innerText()).toContain(consoles.route.url);
    expect(await context.cookies()).toEqual([]);
  });

  it("notices an error, a refusal by the policy, a dialog, and a request to somebody else", async () => {
    const { page, events } = await consoles.open("alice");
    const asked = page.waitForEvent("dialog");
    await page.evaluate(`{
      console.error("logged");
      setTimeout(() => { throw new Error("thrown"); });
      setTimeout(() => alert("asked"));
      new Image().src = "https://elsewhere.example/x.png";
      document.body.append(Object.assign(document.createElement("a"), { href: "https://elsewhere.example/", id: "out" }));
    }`);
    await asked;
    expect(events).toEqual(
      expect.arrayContaining([
        "console: logged",
        "dialog: asked",
        expect.stringMatching(/^console: .*Content Security Policy/),
      ]),
    );
    events.length = 0;
  });
});
