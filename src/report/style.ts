/** @file How the report looks: one column, light or dark as the reader's system is, no font or file from elsewhere. */

export const STYLE = `
:root { color-scheme: light dark; --ground: #fbfbfa; --card: #fff; --line: #e5e4e0; --text: #1d1d1b; --soft: #6b6a66;
  --curve-1: #2563c9; --curve-2: #d1570c; --curve-3: #2b8a57; --curve-4: #8a4fc4;
  --curve-5: #0f8b9c; --curve-6: #b83280; --curve-7: #8a6d1b; --curve-8: #6b6a66; --good: #2b8a57; --bad: #b8430f; }
@media (prefers-color-scheme: dark) { :root { --ground: #161615; --card: #1f1f1d; --line: #34332f; --text: #ecebe6;
  --soft: #9c9a92; --curve-1: #74a5f5; --curve-2: #f2935a; --curve-3: #6cc797; --curve-4: #bd95ea;
  --curve-5: #5cc4d3; --curve-6: #ea8cc0; --curve-7: #d3b964; --curve-8: #9c9a92; --good: #6cc797; --bad: #f2935a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.5 Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1060px; margin: 0 auto; padding: 36px 20px 72px; }
h1 { font-size: 27px; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 19px; margin: 48px 0 4px; }
h3 { font-size: 15px; margin: 0; font-weight: 600; } .sheet + h3 { margin-top: 28px; }
p { margin: 0 0 14px; max-width: 74ch; } p, .soft { color: var(--soft); } p b, p strong { color: var(--text); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 22px 0 0; padding: 0; }
.facts div, figure, .sheet { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.facts div { padding: 12px 14px; } .facts dt { color: var(--soft); font-size: 13px; }
.facts dd { margin: 2px 0 0; font-size: 21px; font-weight: 600; font-variant-numeric: tabular-nums; }
.facts dd small { display: block; font-size: 12.5px; font-weight: 400; color: var(--soft); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 14px; }
figure { margin: 0; padding: 14px 14px 8px; } figcaption { display: flex; flex-wrap: wrap; gap: 2px 16px; align-items: baseline; }
figcaption p { flex-basis: 100%; margin: 0 0 6px; font-size: 13px; }
.key { font-size: 13px; color: var(--soft); white-space: nowrap; }
.key::before { content: ""; display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin-right: 6px;
  vertical-align: middle; background: var(--own); }
.charts.one { grid-template-columns: minmax(0, 640px); }
svg { display: block; width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg path { fill: none; } .grid { stroke: var(--line); } .thin { stroke: var(--own); opacity: .35; stroke-width: 1; }
svg .band { fill: var(--own); opacity: .13; } .bold { stroke: var(--own); stroke-width: 2; stroke-linejoin: round; }
.error { stroke: var(--own); opacity: .55; stroke-width: 1.5; } .point { fill: var(--own); }
.least { fill: var(--own); stroke: var(--card); stroke-width: 2; }
.curve-1 { --own: var(--curve-1); } .curve-2 { --own: var(--curve-2); } .curve-3 { --own: var(--curve-3); }
.curve-4 { --own: var(--curve-4); } .curve-5 { --own: var(--curve-5); } .curve-6 { --own: var(--curve-6); }
.curve-7 { --own: var(--curve-7); } .curve-8 { --own: var(--curve-8); } .curve-9 { --own: var(--curve-1); } .curve-10 { --own: var(--curve-2); }
svg.heat rect { fill: var(--curve-1); } svg.heat .best { stroke: var(--text); stroke-width: 3; } svg.heat .alike { stroke: var(--text); stroke-width: 1; stroke-dasharray: 3 2; }
svg.heat text.on { fill: var(--card); font-weight: 600; }
.sheet { padding: 12px; overflow-x: auto; } .sheet img { display: block; width: 100%; border-radius: 4px; }
.sheet > img { min-width: 520px; } .pair > img { min-width: 0; }
.pixels img { image-rendering: pixelated; }
.rows { display: grid; grid-template-columns: max-content 1fr; gap: 4px 12px; align-items: center; }
.rows span { font-size: 13px; color: var(--soft); text-align: right; font-variant-numeric: tabular-nums; }
.rows .last { color: var(--text); font-weight: 600; } .rows .apart { margin-bottom: 8px; }
ol.captions { columns: 2 320px; column-gap: 32px; font-size: 13px; color: var(--soft); margin: 12px 0 0; padding-left: 26px; }
ol.captions li { break-inside: avoid; margin-bottom: 3px; }
.pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 310px), 1fr)); gap: 12px; }
.pair { display: grid; grid-template-columns: repeat(3, 1fr); gap: 4px 6px; padding: 10px; } .pair img { width: 100%; }
.pair span { font-size: 12px; color: var(--soft); text-align: center; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; } .scroll { overflow-x: auto; }
th { font-weight: 400; color: var(--soft); } th, td { padding: 5px 18px 5px 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
tr.best td { font-weight: 600; color: var(--good); } td.wide { min-width: 420px; width: 60%; padding-right: 0; } td img { display: block; width: 100%; border-radius: 4px; }
.scroll.wide { width: min(100vw - 40px, 1720px); margin-left: calc(50% - min(100vw - 40px, 1720px) / 2); padding-left: max(0px, min(100vw - 40px, 1720px) / 2 - 510px); }
table.figures small { display: block; color: var(--soft); font-size: 11.5px; } table.figures td { vertical-align: top; }
table.figures th:first-child, table.figures td:first-child { text-align: left; position: sticky; left: 0; background: var(--ground); }
td.better { color: var(--good); } td.worse { color: var(--bad); }
.strips { display: flex; gap: 4px; align-items: flex-end; } .strips > div { flex: 1 1 0; min-width: 72px; max-width: 180px; }
.strips span { display: block; font-size: 12px; line-height: 1.2; color: var(--soft); margin-bottom: 4px; overflow-wrap: anywhere; } .strips img { border-radius: 2px; }
dl.terms { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; font-size: 14px; margin: 12px 0 0; }
dl.terms dt { font-weight: 600; } dl.terms dd { margin: 0; overflow-wrap: anywhere; color: var(--soft); max-width: 90ch; }
@media (max-width: 640px) { dl.terms { grid-template-columns: 1fr; } dl.terms dd { margin-bottom: 8px; } }
a { color: var(--curve-1); }
button, select { font: inherit; color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 7px 14px; }
button { cursor: pointer; } button:hover { border-color: var(--soft); } :focus-visible { outline: 2px solid var(--curve-1); outline-offset: 2px; }
form { display: flex; flex-wrap: wrap; gap: 10px 14px; align-items: end; margin: 18px 0; } label { font-size: 13px; color: var(--soft); } label select { display: block; margin-top: 3px; font-size: 15px; }
.trial { display: flex; flex-wrap: wrap; gap: 16px; justify-content: center; margin: 18px 0; } .trial button { padding: 8px; } .trial img { display: block; width: min(320px, 100%); } .trial button img { width: min(320px, 50vw - 48px); }
.answers { display: flex; flex-wrap: wrap; gap: 10px; justify-content: center; } .answers, #result { margin-bottom: 18px; }
details { margin-top: 40px; } summary { cursor: pointer; color: var(--soft); }
pre { overflow: auto; padding: 14px; font-size: 12.5px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
`;
