/**
 * Renders the page of an audit: one HTML file without scripts and external resources, stored beside the objects that it shows. The page is
 * a view. The evidence is in the objects that the manifest names, and can be verified without the page.
 */
import { calendar, calendarKey } from "./chart.ts";
import { done } from "./done.ts";
import { changes, disabledNow, drift } from "./findings.ts";
import { byDomain, byReason, overTime, timeToOff } from "./history.ts";
import { commaSeparated, counted, facts, Html, html, number, table, time, wide } from "./html.ts";
import { judgedSources } from "./judged.ts";
import type { HistoryPoint, PageModel } from "./model.ts";
import { auditFacts, overview } from "./overview.ts";
import { reviews } from "./reviews.ts";
import { pointsOf, stateOf } from "./series.ts";
import { CONTENT_SECURITY_POLICY, STYLE } from "./style.ts";

/** Deterministic: the same model gives the same bytes. Names in the model are untrusted; all of them are shown as text. */
export function reportPage(model: PageModel): string {
  const points = pointsOf(model);
  const sections: readonly [id: string, title: string, content: Html][] = [
    ["disabled", "Disabled now", disabledNow(model)],
    ["done", "Done since the last audit", done(model)],
    ["reviews", "Reviews", reviews(model, points)],
    ["drift", "Drift", drift(model, points)],
    ["changes", "Since the last complete lists", changes(model)],
    ["over-time", "Disabled over time", overTime(points)],
    ["domains", "By domain", byDomain(model, points)],
    ["reasons", "By reason", byReason(model, points)],
    ["time-to-off", "Time to off", timeToOff(points)],
    ["sources", "How often sources were right", judgedSources(points)],
    ["chain", "Chain", chain(model, points)],
  ];
  const title = html`offair audit of ${model.slot.slice(0, 16).replace("T", " ")} UTC`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header>
<p class="eyebrow">offair audit report</p>
<h1>Streams off the air at ${time(model.slot)} UTC</h1>
<p class="lead">The streams that Huawei Cloud Live lists as disabled, compared with offair's ledger. All times are UTC.</p>
<nav aria-label="Sections"><ul>${sections.map(([id, heading]) => html`<li><a href="#${id}">${heading}</a></li>`)}</ul></nav>
</header>
<main>
${overview(model, points)}
${auditFacts(model)}
${sections.map(
  ([id, heading, content]) => html`<section aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${content}
</section>
`,
)}</main>
<footer>
<p>In names, <span class="esc">\\u{202e}</span> stands for an invisible character, by its code point, and <span class="esc">\\\\</span> for a backslash. The objects contain each name unchanged.</p>
<p>The charts contain the last ${counted(points.length, "chain entry", "chain entries")}; hours without a value are gaps.</p>
</footer>
</body>
</html>
`.source;
}

/** The entry's hash covers the page through the manifest, so the page can only name the entry before it. */
function chain({ previous, keyId }: PageModel, points: readonly HistoryPoint[]): Html {
  const rotations = points.filter(({ kind }) => kind === "rotation").map(({ slot }) => time(slot));
  const before = previous
    ? html`number ${number(previous.number)} of ${time(previous.slot)}, SHA-256 <code>${previous.sha256}</code>`
    : "none: this audit begins the chain";
  return html`${facts([
    ["Chain head before this audit", before],
    ["Signing key", html`<code>${keyId}</code>`],
    ["Key rotations", rotations.length === 0 ? "none in the time shown" : commaSeparated(rotations)],
  ])}
<p>The chain entry of this audit is written after this page and contains its hash. To verify everything, with nothing but the public key that you were given: <code>offair verify BUNDLE --key KEY.pem${previous ? html` --head ${previous.sha256}` : undefined}</code></p>
<figure class="calendar"><figcaption>Scheduled hours, one line per day, one column per hour (UTC)</figcaption>${wide("Calendar of scheduled hours", calendar("calendar", points))}</figure>
${calendarKey}
${incompleteHours(points)}`;
}

/** What the calendar shows, as a table. */
function incompleteHours(points: readonly HistoryPoint[]): Html {
  const items = points.filter((point) => ["missed", "incomplete"].includes(stateOf(point) ?? "")).reverse();
  if (items.length === 0) return html`<p>Every hour shown was audited completely.</p>`;
  return table(
    "Hours without complete lists, newest first; all other hours shown are complete",
    [{ head: "Hour (UTC)" }, { head: "State" }, { head: "Details", kind: "w" }],
    items.map((point) => [
      time(point.slot),
      stateOf(point) ?? "",
      point.kind === "audit"
        ? `${number(point.domains.filter(({ complete }) => !complete).length)} of ${number(point.domains.length)} lists incomplete`
        : "no audit ran; the next audit recorded the gap",
    ]),
  );
}
