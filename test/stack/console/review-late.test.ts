/** The review page when an answer comes late, or a hold is lost: what the person is at stays, and what is shown is what the deployment says. */
import { expect, it } from "@jest/globals";
import type { OperatorRequest } from "../../../lib/operator/contract/client-request.ts";
import type { OperatorResponse, ReviewCase } from "../../../lib/operator/contract/response-schema.ts";
import { until } from "../../../local/demo/scene.ts";
import { type Answering, caseOf, deployment } from "../../console/review/fake-desk.ts";
import { describeInBrowser, useRouteConsole } from "./harness.ts";

const consoles = useRouteConsole();

const ALICE = "arn:aws:iam::123456789012:user/alice";
const BOB = "arn:aws:iam::123456789012:user/bob";
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();
/** Once a key can be meant for the case: see console/review/desk/guard.ts. */
const GUARD_MS = 400;

type Event = Readonly<Record<string, unknown>>;
/** @returns undefined to leave the answer to the deployment. */
type Instead = (event: Event) => Partial<OperatorResponse> | Promise<Partial<OperatorResponse>> | undefined;

/** Each script has cases of its own: a page that was closed before may still send what it had. @returns the key of a case. */
let scripts = 0;
function script(names: readonly string[], instead: Instead): (name: string) => string {
  scripts += 1;
  const prefix = `standard#late-${scripts}-`;
  const cases = names.map((name) => caseOf(name, { key: `${prefix}${name}` }));
  const takes: Answering = deployment(cases, Date.now);
  consoles.route.answer(async ({ event, id }, count) => {
    const usual = () => takes({ request: event as OperatorRequest & Event, id: `${id}`, options: {} }, count);
    return { ok: true, results: [], errors: [], ...((await instead(event)) ?? (await usual())) };
  });
  return (name) => `${prefix}${name}`;
}
const verdicts = (key: string): unknown[] =>
  consoles.route.received.flatMap(({ event }) =>
    event.action === "review" && event.dryRun === false && event.report === key ? [[event.verdict, event.reason]] : [],
  );

function gate(): { readonly open: () => void; readonly isOpen: Promise<void> } {
  let open = (): void => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, isOpen };
}

describeInBrowser("a sentence that is being typed", () => {
  it("goes on when the hold of its case is lost, and no key of it is meant for another case", async () => {
    let asked = 0;
    const keyOf = script(["a", "b", "c"], ({ action }) => {
      if (action !== "next-case") return undefined;
      asked += 1;
      const held = (name: string) => ({
        ...caseOf(name, { key: keyOf(name) }),
        holder: { by: ALICE, until: inSeconds(asked === 1 ? 60 : 300) }, // the page asks again at once for so short a hold
      });
      return { case: held(asked === 1 ? "a" : asked === 2 ? "b" : "c") };
    });
    const { page, press } = await consoles.open();
    await press("d");
    await page.locator(`article[data-case="${keyOf("a")}"]`).waitFor();
    await page.waitForTimeout(GUARD_MS);
    await press("r", "t");
    await page.keyboard.type("not what ");
    await page.getByText("You do not hold the case any more").waitFor();
    await page.keyboard.type("was reported, sr1ut");
    expect(await page.locator("article").getAttribute("data-case")).toBe(keyOf("a"));
    expect(await page.getByLabel("Reason").inputValue()).toBe("not what was reported, sr1ut");
    await press("Enter");
    await until("it is sent", async () => (verdicts(keyOf("a")).length > 0 ? true : undefined));
    expect(verdicts(keyOf("a"))).toEqual([["reject", "not what was reported, sr1ut"]]);
    expect(verdicts(keyOf("c"))).toEqual([]);
  });

  it.each(["note", "opinion"] as const)("goes on when a %s is answered after Escape", async (kind) => {
    const late = gate();
    const action = kind === "note" ? "note" : "second-opinion";
    const keyOf = script(["a", "b"], (event) =>
      event.action === action ? late.isOpen.then(() => ({ case: caseOf("a", { key: `${event.report}` }) })) : undefined,
    );
    const { page, press } = await consoles.open();
    await press("d");
    await page.locator(`article[data-case="${keyOf("a")}"]`).waitFor();
    await page.waitForTimeout(GUARD_MS);
    await press(kind === "note" ? "n" : "o");
    await page.keyboard.type("look at this");
    await press("Enter", "Escape", "r", "t");
    await page.keyboard.type("not what ");
    late.open();
    await page.getByText(kind === "note" ? "Noted:" : "Another person has to decide the case of your").waitFor();
    await page.keyboard.type("was reported");
    expect(await page.locator("article").getAttribute("data-case")).toBe(keyOf("a"));
    expect(await page.getByLabel("Reason").inputValue()).toBe("not what was reported");
  });

  it("is told of if it could not be sent, also after Escape", async () => {
    const late = gate();
    const keyOf = script(["a"], ({ action }) =>
      action === "note"
        ? late.isOpen.then(() => ({ ok: false, errors: [{ pointer: "/report", message: "has 20 notes already" }] }))
        : undefined,
    );
    const { page, press } = await consoles.open("alice", { mayFail: true });
    await press("d");
    await page.locator(`article[data-case="${keyOf("a")}"]`).waitFor();
    await page.waitForTimeout(GUARD_MS);
    await press("n");
    await page.keyboard.type("look at this");
    await press("Enter", "Escape");
    late.open();
    await page.getByText(/Your text was not stored: “look at this”.*has 20 notes already/).waitFor();
  });
});

/** When the case came. */
const NOTE_WHEN = `new MutationObserver((_, observer) => {
  if (!document.querySelector("article")) return;
  observer.disconnect();
  document.body.dataset.cameAtMs = performance.now();
}).observe(document.body, { childList: true, subtree: true })`;
/** As if the key were pressed so long after the case came, however busy the machine is. */
const pressedAfter = (key: string, ms: number): string => `{
  const event = new KeyboardEvent("keydown", { key: "${key}", cancelable: true });
  Object.defineProperty(event, "timeStamp", { value: Number(document.body.dataset.cameAtMs) + ${ms} });
  dispatchEvent(event);
}`;

describeInBrowser("a case that comes by itself", () => {
  it("takes no key before the person has paused for a second", async () => {
    const keyOf = script(["a", "b"], () => undefined);
    const { page, context, press } = await consoles.open("alice", { mayFail: true });
    let isAway = true;
    await context.route("**/api/operator", (route) => {
      const { action } = route.request().postDataJSON() as Event;
      const error = { kind: "unanswered", message: "offair did not answer" };
      return isAway && action === "next-case" ? route.fulfill({ status: 504, json: { error } }) : route.continue();
    });
    await press("d");
    await page.getByText("offair did not answer").waitFor();
    await page.evaluate(NOTE_WHEN);
    isAway = false;
    await page.locator(`article[data-case="${keyOf("a")}"]`).waitFor();
    await page.waitForTimeout(GUARD_MS);
    for (const ms of [300, 1_200, 2_100]) await page.evaluate(pressedAfter("s", ms));
    expect(await page.locator("article").getAttribute("data-case")).toBe(keyOf("a"));
    expect(await page.locator('[data-count="skipped"] dd').innerText()).toBe("0");
    await page.evaluate(pressedAfter("s", 100_000));
    await page.locator(`article[data-case="${keyOf("b")}"]`).waitFor();
  });
});

describeInBrowser("the page of a case", () => {
  const verdict = { verdict: "rejected", by: ALICE, at: inSeconds(0), reason: "a toy" } as const;

  it("shows the verdict once a decision on it is accepted", async () => {
    let isDecided = false;
    const keyOf = script(["a"], ({ action, dryRun, report }) => {
      if (action === "review" && dryRun === false) isDecided = true;
      if (action !== "case") return undefined;
      const shown: ReviewCase = caseOf("a", { key: `${report}` });
      return { case: isDecided ? { ...shown, verdict: { ...verdict, reason: "seen twice" } } : shown };
    });
    const { page, press, goTo } = await consoles.open();
    await goTo("review", "case", keyOf("a"));
    await page.getByText("What do you decide?").waitFor();
    await page.waitForTimeout(GUARD_MS);
    await press("r", "1");
    await page.getByText("You decided this case").waitFor();
    await page.getByRole("button", { name: "Take the verdict back" }).waitFor();
    expect(await page.getByText("seen twice").count()).toBe(1);
    expect(await page.getByText("What do you decide?").count()).toBe(0);
  });

  it("shows what stays after a verdict was taken back, and how to reverse it", async () => {
    let isOpen = false;
    const stays = { says: "the stream stays disabled", orderId: "op-7", undo: "undo op-7" };
    const keyOf = script(["a"], ({ action, report }) => {
      const shown: ReviewCase = caseOf("a", { key: `${report}` });
      if (action === "reopen") {
        isOpen = true;
        return { case: shown, reopened: { verdict, stays } };
      }
      return action === "case" ? { case: isOpen ? shown : { ...shown, verdict } } : undefined;
    });
    const { page, press, goTo } = await consoles.open();
    await goTo("review", "case", keyOf("a"));
    await page.getByRole("button", { name: "Take the verdict back" }).focus();
    await press("Enter");
    await page.keyboard.type("a mistake");
    await press("Enter");
    await page.getByText("What do you decide?").waitFor();
    expect(await page.getByRole("heading", { name: "What stays" }).count()).toBe(1);
    expect(await page.getByText("the stream stays disabled").count()).toBe(1);
    expect(await page.locator("code").innerText()).toBe("offair undo op-7");
  });

  it("says who holds the case before it knows who this person is", async () => {
    const holder = { by: BOB, until: inSeconds(200) };
    const keyOf = script(["a"], ({ action, report }) =>
      action === "case" ? { case: { ...caseOf("a", { key: `${report}` }), holder } } : undefined,
    );
    const { page, goTo } = await consoles.open();
    await goTo("review", "case", keyOf("a"));
    await page.getByText("What do you decide?").waitFor();
    expect(await page.getByText("held by bob until").count()).toBe(1);
  });
});
