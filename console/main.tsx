/** The page of `offair console`: starts the session, and shows the page that the address names. */
import { render } from "preact";
import { App, Over } from "./app.tsx";
import { ConsoleError } from "./http/client.ts";
import { startSession } from "./http/start-session.ts";
import { languageTag } from "./i18n/say.ts";

const root = document.getElementById("app");
if (!root) throw new Error("index.html has no element app");
document.documentElement.lang = languageTag;
try {
  const session = await startSession();
  render(<App session={session} />, root);
} catch (failure) {
  if (!(failure instanceof ConsoleError)) throw failure;
  render(<Over failure={failure} idleMinutes={0} />, root);
  addEventListener("hashchange", () => location.reload()); // a link that works
}
