/** The page's style sheet. The page's content security policy allows this style sheet by its hash, and nothing else. */
import { createHash } from "node:crypto";
import { DARK, LIGHT, variables } from "../../core/palette.ts";

/** Arial and Liberation Sans have the same widths, so lines break at the same places on all systems. */
export const STYLE = `
:root{color-scheme:light dark;${variables(LIGHT)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(DARK)}}}
*{box-sizing:border-box}
html{background:var(--page);color:var(--text);font:16px/1.5 Arial,"Liberation Sans",Helvetica,sans-serif}
body{margin:0 auto;max-width:76rem;padding:2rem 1.25rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.3rem;margin:3rem 0 .75rem;padding-top:.9rem;border-top:2px solid var(--text)}
h3{font-size:1.05rem;margin:1.75rem 0 .5rem}
p{margin:.5rem 0;max-width:46rem}
a{color:var(--accent)}
a:focus-visible,summary:focus-visible,.wide:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.eyebrow{color:var(--muted);font-weight:bold;margin:0}
.lead{font-size:1.1rem}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:1.25rem 0 0;padding:0}
.verdict{list-style:none;margin:1.5rem 0;padding:0;max-width:none}
.verdict li{display:grid;grid-template-columns:8rem minmax(0,1fr);gap:0 .5rem;background:var(--surface);border-left:6px solid var(--muted);margin:.5rem 0;padding:.6rem .9rem}
.verdict .good{border-color:var(--good)}.verdict .warn{border-color:var(--warn)}.verdict .bad{border-color:var(--bad)}
.good b{color:var(--good)}.warn b{color:var(--warn)}.bad b{color:var(--bad)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1.25rem 0 0}
.tiles div{background:var(--surface);padding:.8rem 1rem}
.tiles dt{color:var(--muted);font-size:.9rem}
.tiles dd{margin:0;font-size:1.7rem;font-weight:bold;line-height:1.25;font-variant-numeric:tabular-nums}
.tiles dd small{display:block;font-size:.85rem;font-weight:normal;color:var(--muted)}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem 1.25rem;margin:.75rem 0}
.facts dt{color:var(--muted)}
.facts dd{margin:0}
code{font:.875em/1.5 "DejaVu Sans Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
figure{margin:1rem 0 1.25rem}
figcaption{color:var(--muted);font-size:.9rem;margin-bottom:.35rem}
.small{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(19rem,100%),1fr));gap:1rem 1.5rem}
.small figure{margin:0}
.small figcaption{color:var(--text);font-weight:bold;overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.925rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);padding:.35rem 0}
th,td{text-align:left;vertical-align:top;padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--rule)}
thead th{border-bottom:2px solid var(--muted);vertical-align:bottom}
tbody th{font-weight:normal}
.n{text-align:right}td.n{white-space:nowrap}
.w{min-width:11rem}.s{min-width:4.5rem}.w code{display:inline-block;min-width:18rem}
.narrow{width:auto;min-width:20rem}
time{white-space:nowrap}
.name{display:inline-block;max-width:100%;overflow:clip;overflow-wrap:anywhere;white-space:break-spaces;text-align:left}
.esc{font:.85em "DejaVu Sans Mono",Menlo,Consolas,monospace;color:var(--bad)}
.rest{color:var(--muted)}
details{margin:.5rem 0 1rem}
summary{cursor:pointer;color:var(--accent)}
.keys{color:var(--muted);font-size:.9rem}
.key{width:26px;height:16px;vertical-align:-2px;margin-left:.6rem}
.chart{display:block;width:100%;height:auto}
.calendar{max-width:44rem}
svg text{font:12px Arial,"Liberation Sans",Helvetica,sans-serif;fill:var(--muted);font-variant-numeric:tabular-nums}
svg .y,svg .label{text-anchor:end}svg .x{text-anchor:middle}
svg .label{font-size:14px;fill:var(--text);unicode-bidi:isolate}svg .value{font-size:14px;fill:var(--text)}
.grid{stroke:var(--rule);fill:none}.tick{stroke:var(--muted);fill:none}
.line{stroke:var(--accent);stroke-width:2;fill:none;stroke-linejoin:round}
.area{fill:var(--area)}.range{fill:var(--warn)}.bar,.dot{fill:var(--accent)}
.gap{stroke:var(--bad);stroke-width:2}
.complete{fill:var(--accent)}.incomplete{fill:none;stroke:var(--warn);stroke-width:2.5}.missed{fill:none;stroke:var(--bad);stroke-width:3}
footer{margin-top:3rem;border-top:1px solid var(--rule);color:var(--muted);font-size:.9rem}
@media (max-width:40rem){.facts{grid-template-columns:minmax(0,1fr);gap:0}.facts dd{margin-bottom:.6rem}.verdict li{grid-template-columns:minmax(0,1fr)}}
@media screen and (max-width:60rem){.wide .chart{min-width:54rem}.calendar .chart{min-width:40rem}}
@media print{
@page{margin:14mm}
html{font-size:10pt}
body{max-width:none;padding:0}
nav,details{display:none}
.wide{overflow:visible}.w{min-width:8.5rem}.s,.w code{min-width:0}.t{min-width:5.6rem}.t time{white-space:normal}.small{grid-template-columns:repeat(3,1fr)}table{font-size:.85rem}th,td{padding-right:.5rem}
.tiles{grid-template-columns:repeat(5,1fr)}.tiles dd{font-size:1.3rem}
h2{margin-top:1.5rem}
h2,h3,caption,figcaption{break-after:avoid}
figure,tr,.tiles div,.verdict li{break-inside:avoid}
thead{display:table-header-group}
svg,.tiles div,.verdict li{print-color-adjust:exact}
a{color:inherit;text-decoration:none}
}
`;

const SOURCE = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;

export const CONTENT_SECURITY_POLICY = `default-src 'none'; style-src ${SOURCE}; base-uri 'none'; form-action 'none'`;
