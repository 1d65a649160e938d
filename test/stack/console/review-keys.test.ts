/** The review page against a deployment that the test scripts: keys and decisions when something goes wrong. */
import { expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import type { OperatorRequest } from "../../../lib/operator/contract/client-request.ts";
import type { OperatorResponse, ReviewCase } from "../../../lib/operator/contract/response-schema.ts";
import { until } from "../../../local/demo/scene.ts";
import { type Answering, caseOf, deployment, held } from "../../console/review/fake-desk.ts";
import { describeInBrowser, useRouteConsole } from "./harness.ts";
import type { OpenedConsole, OpenOptions } from "./open-page.ts";

const consoles = useRouteConsole();

const CASES = ["a", "b", "c", "d", "e"].map((name) => held(name, { words: `the words of ${name}` }));

/** Each script has cases of its own: a page that was closed before may still send what it had. */
let scripts = 0;
const keyOf = (name: string): string => `standard#${scripts}-${name}`;
/** What a verdict that is sent is about. */
const verdicts = (): unknown[] =>
  consoles.route.received
    .filter(({ event }) => event.action === "review" && event.dryRun === false && isOfScript(event.report))
    .map(({ event }) => [event.report, event.verdict, event.reason]);
const isOfScript = (key: unknown): boolean => String(key).startsWith(keyOf(""));

/** @returns undefined to leave the answer to the deployment. */
type Instead = (request: Readonly<Record<string, unknown>>) => Partial<OperatorResponse> | Promise<void> | undefined;

function script(cases: readonly ReviewCase[] = CASES, instead: Instead = () => undefined): void {
  scripts += 1;
  const own = cases.map((each) => ({ ...each, key: each.key.replace("#", `#${scripts}-`) }));
  const takes: Answering = deployment(own, Date.now);
  consoles.route.answer(async ({ event, id }, count) => {
    const said = await instead(event);
    const usual = () => takes({ request: event as OperatorRequest & typeof event, id: `${id}`, options: {} }, count);
    return { ok: true, results: [], errors: [], ...(said ?? (await usual())) };
  });
}

const shown = (page: Page, name: string): Promise<void> =>
  page.locator(`article[data-case="${keyOf(name)}"]`).waitFor();
const caseOn = (page: Page): Promise<string | null> => page.locator("article").getAttribute("data-case");
/** Once a key can be meant for the case: see console/review/desk/guard.ts. */
const seen = async (page: Page, name: string): Promise<void> => {
  await shown(page, name);
  await page.waitForTimeout(400);
};
const counted = (page: Page, name: string): Promise<string> => page.locator(`[data-count="${name}"] dd`).innerText();

async function open(options?: OpenOptions): Promise<OpenedConsole> {
  const opened = await consoles.open("alice", options);
  await opened.page.locator("h2").waitFor();
  return opened;
}

/** Presses r as soon as the case is in the page. */
const PRESS_AT_ONCE = `new MutationObserver((_, observer) => {
  if (!document.querySelector("article")) return;
  observer.disconnect();
  dispatchEvent(new KeyboardEvent("keydown", { key: "r", cancelable: true }));
}).observe(document.body, { childList: true, subtree: true })`;

describeInBrowser("a key", () => {
  it("that was pressed before the case was shown does not decide it", async () => {
    let answer = (): void => {};
    const waits = new Promise<void>((resolve) => {
      answer = resolve;
    });
    script(CASES, ({ action }) => (action === "next-case" ? waits : undefined));
    const { page, press } = await open();
    await press("d", "r", "1", "a", "1");
    await page.evaluate(PRESS_AT_ONCE); // nobody has seen the case yet
    answer();
    await seen(page, "a");
    expect(await page.locator("legend").innerText()).toBe("What do you decide?");
    expect(await counted(page, "decided")).toBe("0");
    await press("r", "1");
    await shown(page, "b");
    expect(await counted(page, "decided")).toBe("1");
  });

  it("that is held down decides nothing, and no digit leaves the page", async () => {
    script();
    const { page, press } = await open();
    await press("d");
    await seen(page, "a");
    for (let times = 0; times < 5; times += 1) await page.keyboard.down("r");
    await page.keyboard.up("r");
    for (let times = 0; times < 5; times += 1) await page.keyboard.down("1");
    await seen(page, "b");
    for (let times = 0; times < 5; times += 1) await page.keyboard.down("1");
    await page.keyboard.up("1");
    await press("2", "7");
    expect(await caseOn(page)).toBe(keyOf("b"));
    expect(await counted(page, "decided")).toBe("1");
  });

  it("does nothing while shortcuts are switched off, and buttons do", async () => {
    script();
    const { page, press } = await open();
    await page.getByRole("button", { name: "Decide the next case" }).click();
    await seen(page, "a");
    await page.getByLabel("Single-key shortcuts").uncheck();
    await page.locator("article h2").focus();
    await press("r", "1");
    expect(await counted(page, "decided")).toBe("0");
    await page.getByRole("button", { name: "Reject" }).click();
    await page.waitForTimeout(400);
    await page.getByRole("button", { name: "policy: not against the rules" }).click();
    await shown(page, "b");
    expect(await counted(page, "decided")).toBe("1");
  });
});

describeInBrowser("a decision", () => {
  it("is taken back by u or by its button, and nothing was sent", async () => {
    script();
    const { page, press } = await open();
    await press("d");
    await seen(page, "a");
    await press("a", "1");
    await seen(page, "b");
    await press("r", "2");
    await seen(page, "c");
    await press("u");
    await seen(page, "b");
    await page.getByRole("button", { name: "Undo" }).click();
    await seen(page, "a");
    expect(await counted(page, "decided")).toBe("0");
    await press("a", "3");
    await until("a verdict is sent", async () => (verdicts().length > 0 ? true : undefined));
    expect(verdicts()).toEqual([[keyOf("a"), "approve", "other reports agree"]]);
  });

  it.each(["closes", "goes elsewhere"])(
    "is sent at once if the page %s, and the next cases are given back",
    async (how) => {
      script();
      const { page, press } = await open();
      let fetched = 0;
      page.on("requestfinished", (request) => {
        if (request.postData()?.includes('"next-case"')) fetched += 1;
      });
      await press("d");
      await seen(page, "a");
      await press("r", "1");
      await shown(page, "b");
      await until("the page has the next ones", async () => (fetched >= 3 ? true : undefined));
      if (how === "closes") await page.close({ runBeforeUnload: true });
      else await page.goto("about:blank");
      await until("all was sent", async () => {
        const released = consoles.route.received.filter(
          ({ event }) => event.action === "release" && isOfScript(event.report),
        );
        return verdicts().length > 0 && released.length >= 2 ? true : undefined;
      });
      expect(verdicts()).toEqual([[keyOf("a"), "reject", "false positive: not what was reported"]]);
    },
  );

  it("that the deployment refuses comes back with the reason, and is counted out", async () => {
    const verdict = {
      verdict: "approved" as const,
      by: "arn:aws:iam::123456789012:user/bob",
      at: new Date().toISOString(),
      reason: "seen",
    };
    const message = "was approved to disable by bob; nothing was done";
    script(CASES, ({ action, report, dryRun }) =>
      action === "review" && report === keyOf("a") && dryRun === false
        ? { ok: false, errors: [{ pointer: "/report", message }], verdict }
        : undefined,
    );
    const { page, press } = await open({ mayFail: true });
    await press("d");
    await seen(page, "a");
    await press("r", "1");
    const returned = page.locator(".returned");
    await returned.waitFor();
    expect(await returned.innerText()).toContain(message);
    expect(await returned.innerText()).toContain("approved by bob");
    expect(await counted(page, "decided")).toBe("0");
    expect(await caseOn(page)).toBe(keyOf("b"));
    await returned.getByRole("button", { name: "Dismiss" }).click();
    await returned.waitFor({ state: "detached" });
  });

  it("that gets no answer stays visible, and is sent again with the same id", async () => {
    script();
    const { page, context, press } = await open({ mayFail: true });
    let lost = 2;
    const ids: unknown[] = [];
    await context.route("**/api/operator", async (route) => {
      const body = route.request().postDataJSON() as Readonly<Record<string, unknown>>;
      if (body.action !== "review" || body.dryRun !== false) return route.continue();
      ids.push(body.id);
      lost -= 1;
      const error = { kind: "unanswered", message: "offair did not answer", maybeDone: true };
      return lost >= 0 ? route.fulfill({ status: 504, json: { error } }) : route.continue();
    });
    await press("d");
    await seen(page, "a");
    await press("r", "1");
    await page.getByText("not sent yet").waitFor();
    expect(await page.locator(".outbox").innerText()).toContain("offair did not answer");
    await page.locator(".outbox").waitFor({ state: "detached" });
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
    expect(verdicts()).toEqual([[keyOf("a"), "reject", "false positive: not what was reported"]]);
  });

  it("that ends a disable earlier is asked about, and one that cannot be approved is known before", async () => {
    script(CASES, ({ action, report, dryRun }) => {
      if (action !== "review" || dryRun === false) return undefined;
      const stream = { domain: "push.example.com", app: "live", stream: "a" };
      const times = { resumeTime: "2026-12-24T00:00:00Z", previousResumeTime: "2027-01-31T00:00:00Z" };
      if (report === keyOf("a")) return { results: [{ stream, action: "disable", outcome: "planned", ...times }] };
      return { ok: false, errors: [{ pointer: "/report", message: "its stream is protected" }] };
    });
    const { page, press } = await open({ mayFail: true });
    await press("d");
    await seen(page, "a");
    await press("a", "1");
    await page.getByText("It is disabled until LATER already.").waitFor();
    expect(await page.locator(".effect").innerText()).toMatch(
      /^APPROVE: disable until 2026-12-24 00:00:00 UTC .*instead of 2027-01-31 00:00:00 UTC, EARLIER$/,
    );
    await press("y", "1");
    await seen(page, "b");
    await press("a", "1");
    await page.getByText("its stream is protected").waitFor();
    await press("Escape");
    await page.getByText("What do you decide?").waitFor();
    await until("it is sent", async () => (verdicts().length > 0 ? true : undefined));
    const sent = consoles.route.received.find(({ event }) => event.dryRun === false && isOfScript(event.report));
    expect(sent?.event).toMatchObject({ shorten: true });
  });
});

describeInBrowser("evidence", () => {
  const LINKS = ["https://evidence.example/1.jpg", "javascript:alert(1)", "http://evidence.example/2.jpg"];
  const evidence = LINKS.map((url) => ({ url }));

  it("is loaded only when a person asks, blurred and grey first", async () => {
    script([caseOf("a", { evidence })]);
    const { page, context, press } = await open();
    const asked: unknown[] = [];
    await context.route("**/api/evidence", (route) => {
      asked.push(route.request().postDataJSON());
      return route.fulfill({ json: { path: "/evidence/once" } });
    });
    await context.route("**/evidence/once", (route) =>
      route.fulfill({ contentType: "text/html", body: "<p>image</p>" }),
    );
    await press("d");
    await seen(page, "a");
    const list = page.locator(".evidence");
    expect(await list.locator("a, img").count()).toBe(0);
    expect(await list.getByRole("button", { name: "Show the image" }).count()).toBe(1);
    expect(asked).toEqual([]);
    await list.getByRole("button", { name: "Show the image" }).click();
    const frame = list.locator("iframe");
    await frame.waitFor();
    expect(asked).toEqual([{ url: LINKS[0] }]);
    expect(await frame.getAttribute("sandbox")).toBe("");
    expect(await frame.getAttribute("class")).toBe("image veiled");
    await list.getByRole("button", { name: "Show it clearly" }).click();
    expect(await frame.getAttribute("class")).toBe("image");
  });

  it.each([
    caseOf("a", { evidence, category: "csam" }),
    caseOf("a", { evidence, reports: [{ key: "s#1", source: "s", category: "csam", receivedAt: "x", ageMinutes: 1 }] }),
  ])("of csam cannot be opened: only the host is named", async (sealed) => {
    script([sealed]);
    const { page, press } = await open();
    await press("d");
    await seen(page, "a");
    expect(await page.locator(".evidence").innerText()).not.toContain("1.jpg");
    expect(await page.locator(".evidence").innerText()).toContain("evidence.example");
    expect(await page.locator("article button, article iframe, article img").count()).toBe(0);
  });
});
