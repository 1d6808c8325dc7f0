/** Styles of a report: light, dark, narrow and on paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1c2733; --quiet: #566577; --line: #d8dee6; --paper: #fff; --soft: #f4f6f9; --accent: #1f5fc4; --bad: #b23a22; --warn: #8a5a00; --good: #23713f; --band: rgba(31,95,196,.14); font: 15px/1.5 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ef; --quiet: #9fadbc; --line: #36424f; --paper: #12181f; --soft: #1b232c; --accent: #78aaff; --bad: #ff8d75; --warn: #e9b450; --good: #6fce8f; --band: rgba(120,170,255,.18); } }
* { box-sizing: border-box; }
body { max-width: 1000px; margin: 2rem auto; padding: 0 1rem; background: var(--paper); color: var(--ink); overflow-wrap: break-word; }
h1 { font-size: 1.65rem; line-height: 1.25; margin: 0 0 .3rem; max-width: 46rem; text-wrap: balance; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--line); }
p { max-width: 46rem; } p.lead { color: var(--quiet); margin: 0; }
a { color: var(--accent); } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
nav ol { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; padding: 0; margin: 1rem 0 0; font-size: .9rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .7rem; margin: 1rem 0; }
.tile { display: flex; flex-direction: column; border: 1px solid var(--line); border-radius: 8px; padding: .6rem .9rem; background: var(--soft); }
.tile dt { flex: 1; color: var(--quiet); font-size: .87rem; line-height: 1.3; } .tile dd { margin: 0; font-size: 1.5rem; font-weight: 650; font-variant-numeric: tabular-nums; } .tile dd.note { font-size: .85rem; font-weight: 400; color: var(--quiet); }
.wide { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { padding: .28rem .75rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; white-space: nowrap; }
th { font-weight: 600; } thead th { color: var(--quiet); white-space: normal; vertical-align: bottom; } tbody th { font-weight: 400; } th.text, td.text { text-align: left; white-space: normal; } tbody th.text { max-width: 19rem; } tbody th.long { min-width: 13rem; }
tr.marked { background: var(--band); } tr.marked th { font-weight: 650; }
p.note { border-left: 4px solid var(--warn); background: var(--soft); padding: .6rem 1rem; } .good { color: var(--good); } .bad { color: var(--bad); }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; }
code { overflow-wrap: anywhere; }
.bar { display: inline-block; width: 8rem; height: .7em; background: var(--soft); border: 1px solid var(--line); } .bar span { display: block; height: 100%; background: var(--accent); }
figure { margin: 1rem 0; } figcaption { font-weight: 600; margin-bottom: .3rem; } .chart { width: 100%; max-width: 860px; min-height: 300px; }
svg.waterfall { width: 100%; max-width: 760px; font-size: 11.5px; fill: var(--ink); } .waterfall .quiet { fill: var(--quiet); } .waterfall .for { fill: var(--bad); } .waterfall .against { fill: var(--good); } .waterfall .whole { fill: var(--accent); }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.2rem; margin: .8rem 0; } dl.facts dt { color: var(--quiet); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.u-legend { font-size: .85rem; text-align: left; } .u-legend th { font-weight: 400; } .u-legend th, .u-legend td { border: 0; padding: .1rem .35rem; } .u-legend .edge { display: none; }
@media (max-width: 500px) { body { margin: 1rem auto; } h1 { font-size: 1.35rem; } .tiles { grid-template-columns: 1fr 1fr; } th, td { padding: .28rem .45rem; } tbody th.long { min-width: 8.5rem; } .bar { width: 4rem; } }
@media print { :root { color-scheme: light; --ink: #000; --quiet: #444; --line: #bbb; --paper: #fff; --soft: #f6f6f6; --accent: #1f5fc4; --bad: #b23a22; --warn: #8a5a00; --good: #23713f; --band: rgba(31,95,196,.14); font-size: 11px; }
  body { margin: 0; max-width: none; padding: 0; } nav { display: none; } figure, tr, .tile { break-inside: avoid; } h2 { break-after: avoid; margin-top: 1.4rem; } thead { display: table-header-group; } .wide { overflow: visible; } tr.marked, .tile, .bar span, .waterfall rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; } .chart { max-width: 640px; } }
`;
