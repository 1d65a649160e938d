/**
 * The page of an audit: one HTML file for people, without scripts and without anything from elsewhere, stored beside what it shows. It
 * is a view: the objects that the manifest names are the evidence, and they can be verified without it.
 */
import { chain } from "./chain.ts";
import { changes, disabledNow, drift } from "./findings.ts";
import { byDomain, byReason, overTime } from "./history.ts";
import { counted, Html, html, time } from "./html.ts";
import type { PageModel } from "./model.ts";
import { auditFacts, overview } from "./overview.ts";
import { pointsOf } from "./series.ts";
import { CONTENT_SECURITY_POLICY, STYLE } from "./style.ts";
import { timeToOff } from "./time-to-off.ts";

/** The same model is the same page, byte for byte. Names in it may be anybody's: all of them are shown as text. */
export function reportPage(model: PageModel): string {
  const points = pointsOf(model);
  const sections: readonly [id: string, title: string, content: Html][] = [
    ["over-time", "Disabled over time", overTime(points)],
    ["domains", "By domain", byDomain(model, points)],
    ["reasons", "By reason", byReason(model, points)],
    ["time-to-off", "Time to off", timeToOff(points)],
    ["drift", "Drift", drift(model, points)],
    ["changes", "Since the last complete lists", changes(model)],
    ["chain", "Chain", chain(model, points)],
    ["disabled", "Disabled now", disabledNow(model)],
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
<p class="lead">What Huawei Cloud Live refused to let in, and how that compares with what was decided. All times are UTC.</p>
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
<p>In names, <span class="esc">\\u{202e}</span> stands for a character that would not be seen, by its code point, and <span class="esc">\\\\</span> for a backslash. The objects hold each name as it is.</p>
<p>The last ${counted(points.length, "slot")} that the chain had are in the charts; gaps are shown as gaps.</p>
</footer>
</body>
</html>
`.source;
}
