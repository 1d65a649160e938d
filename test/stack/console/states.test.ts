/** The console when something else is not well: the deployment is away, credentials have expired, the session or the command has ended. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { beforeEach, expect, it } from "@jest/globals";
import { until } from "../../../local/demo/scene.ts";
import { answersOf } from "../../support/console-answers.ts";
import { describeInBrowser, useRouteConsole } from "./harness.ts";
import { show } from "./pages.ts";

const consoles = useRouteConsole();
beforeEach(() => consoles.route.answer(({ event }) => answersOf()(event)));

/** A way to the route that a test can close. */
async function startWay(target: string): Promise<{ readonly url: string; close(): void; open(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((inward) => {
    const outward = connect(Number(new URL(target).port), "127.0.0.1");
    for (const each of [inward, outward]) sockets.add(each.on("error", () => {}));
    inward.pipe(outward).pipe(inward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close();
      for (const each of sockets) each.destroy();
    },
    async open() {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
  };
}

describeInBrowser("the console", () => {
  it("keeps what it shows while the deployment is away, says how old it is, and goes on afterwards", async () => {
    const way = await startWay(consoles.route.url);
    const opened = await consoles.open(await consoles.start("alice", { OFFAIR_URL: way.url }), { mayFail: true });
    const { page } = opened;
    await show(opened, ["health"]);
    const check = page.getByText("Live accepts the key");
    await check.waitFor();
    way.close();
    await page.getByRole("button", { name: "Check again" }).first().click();
    await page.getByText("The deployment does not answer now.").waitFor();
    expect(await page.locator(".stale").first().innerText()).toMatch(/^Shown is what was read .+ ago\.$/);
    expect(await check.isVisible()).toBe(true);
    await way.open();
    await page.getByRole("button", { name: "Try again" }).first().click();
    await page.locator("[role=alert]").waitFor({ state: "detached" });
    expect(await check.isVisible()).toBe(true);
    way.close();
  });

  it("says that the credentials have expired, and goes on after they were renewed", async () => {
    const opened = await consoles.open("alice", { mayFail: true });
    const { page } = opened;
    await show(opened, ["health"]);
    await page.getByText("Live accepts the key").waitFor();
    const expired = { status: 403, body: `{"message":"The security token included in the request is expired"}` };
    consoles.route.answer(() => expired);
    await page.getByRole("button", { name: "Check again" }).first().click();
    await page.getByText("AWS does not accept your credentials for this").waitFor();
    expect(await page.getByText("Live accepts the key").isVisible()).toBe(true);
    consoles.route.answer(({ event }) => answersOf()(event));
    await page.getByRole("button", { name: "Try again" }).first().click();
    await page.locator("[role=alert]").waitFor({ state: "detached" });
  });

  it("says that the session is over, and forgets its token", async () => {
    const opened = await consoles.open("alice", { mayFail: true });
    const { page } = opened;
    await show(opened, ["sources"]);
    await page.evaluate(
      `sessionStorage.setItem("offair-session", JSON.stringify({ ...JSON.parse(sessionStorage.getItem("offair-session")), token: "x".repeat(43) }))`,
    );
    await page.reload();
    await page.getByText("The session is over.").waitFor();
    await page.getByText("it prints a new link").waitFor();
    expect(await page.evaluate(`sessionStorage.getItem("offair-session")`)).toBeNull();
    expect(await page.locator("header nav").count()).toBe(0);
  });

  it("goes on with a new link that is opened in the same tab", async () => {
    const running = await consoles.start("alice");
    const opened = await consoles.open(running, { mayFail: true });
    const { page, context } = opened;
    await show(opened, ["health"]);
    const over = { status: 401, json: { error: { kind: "session", message: "the session is over" } } };
    await context.route("**/api/operator", (route) => route.fulfill(over), { times: 1 });
    await page.getByRole("button", { name: "Check again" }).first().click();
    await page.getByText("The session is over.").first().waitFor();
    await page.goto(await running.newLink());
    await page.locator("header nav").waitFor();
    expect(page.url()).not.toContain("code");
    await page.getByRole("heading", { name: "Health" }).waitFor();
    await page.getByText("Live accepts the key").waitFor();
  });

  it("says that a link was used already", async () => {
    const running = await consoles.start("alice");
    const link = await running.newLink();
    const { page } = await consoles.open({ ...running, newLink: async () => link });
    await page.locator("header nav").waitFor();
    const second = await consoles.open({ ...running, newLink: async () => link }, { mayFail: true });
    await second.page.getByText("This link cannot be used any more.").waitFor();
  });

  it("says that the command has ended", async () => {
    const running = await consoles.start("alice");
    const opened = await consoles.open(running, { mayFail: true });
    await show(opened, ["health"]);
    await running.stop();
    await opened.page.getByRole("button", { name: "Check again" }).first().click();
    await opened.page.getByText("The command offair console does not answer: is it still running?").waitFor();
    expect(opened.events.splice(0)).toEqual([expect.stringContaining("net::ERR_CONNECTION_REFUSED")]);
  });

  it("is painted within half a second, with its session", async () => {
    const running = await consoles.start("alice");
    const paints: number[] = [];
    // A busy machine makes it slower, and nothing makes it faster: one of some tries is enough.
    for (let tries = 0; tries < 20 && !paints.some((each) => each <= FIRST_PAINT_MS); tries++) {
      const opened = await consoles.open(running);
      paints.push(
        await until("the page is painted", async () => {
          const at = `performance.getEntriesByName("first-contentful-paint")[0]?.startTime`;
          return (await opened.page.evaluate<number | undefined>(at)) ?? undefined;
        }),
      );
    }
    expect(Math.min(...paints)).toBeLessThanOrEqual(FIRST_PAINT_MS);
  });
});

const FIRST_PAINT_MS = 500;
