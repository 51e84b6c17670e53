import { COLOUR, DARK } from '../../page/colours.js';

/** The style sheet of the page of contexts. No font, image or other file is asked for. */
export const CONTEXTS_STYLE = `
:root{color-scheme:light;--ink:${COLOUR.ink};--muted:${COLOUR.muted};--rule:${COLOUR.rule};--grid:${COLOUR.grid};--paper:#f6f8fa;--surface:#fff;--accent:#005a8e;--leak:#b34700;--clean:#00634a;--chosen:#dcebf6}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--ink:${DARK[COLOUR.ink]};--muted:${DARK[COLOUR.muted]};--rule:${DARK[COLOUR.rule]};--grid:${DARK[COLOUR.grid]};--paper:#0f141a;--surface:${DARK[COLOUR.ground]};--accent:#6cb8ec;--leak:#f0935a;--clean:#4cc9a4;--chosen:#1d3346}}
*{box-sizing:border-box}
[hidden]{display:none!important}
html{-webkit-text-size-adjust:100%}
body{margin:0;height:100vh;height:100dvh;display:grid;grid-template:auto auto minmax(0,1fr)/250px minmax(0,1fr);grid-template-areas:"top top" "tools tools" "facets list";color:var(--ink);background:var(--paper);font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
body.with-detail{grid-template-columns:250px minmax(0,1fr) minmax(0,1fr);grid-template-areas:"top top top" "tools tools tools" "facets list detail"}
:focus-visible{outline:2px solid var(--accent);outline-offset:-2px}
button,input,select{font:inherit;color:inherit}
button{cursor:pointer;background:var(--surface);border:1px solid var(--rule);border-radius:4px;padding:.2rem .6rem}
button:hover{border-color:var(--accent)}
.skip{position:absolute;left:-99em}.skip:focus{left:1rem;top:.5rem;background:var(--surface);padding:.3rem .6rem;z-index:5}
.top{grid-area:top;background:var(--surface);padding:10px 18px 4px;display:flex;flex-wrap:wrap;gap:2px 16px;align-items:baseline}
h1{margin:0;font-size:1.25rem;letter-spacing:-.01em;overflow-wrap:anywhere}
.top p{margin:0;color:var(--muted);font-size:.86rem;overflow-wrap:anywhere}
.tools-bar{grid-area:tools;background:var(--surface);border-bottom:1px solid var(--rule);padding:6px 18px 8px}
.search{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center}
.search input[type=search]{flex:1 1 280px;min-width:0;padding:.35rem .6rem;border:1px solid var(--rule);border-radius:4px;background:var(--paper)}
.search input[aria-invalid=true]{border-color:var(--leak)}
.search label{white-space:nowrap;font-size:.88rem}
select{background:var(--paper);border:1px solid var(--rule);border-radius:4px;padding:.25rem}
.fault{margin:4px 0 0;color:var(--leak);font-size:.88rem;overflow-wrap:anywhere}.fault:empty{display:none}
mark{background:var(--leak);color:#fff;white-space:pre}
#timeline{display:block;width:100%;height:92px;margin-top:8px;touch-action:pan-y;cursor:crosshair}
#facet-box{grid-area:facets;min-height:0;overflow-y:auto;padding:6px 10px 18px 18px;border-right:1px solid var(--rule)}
#facet-box>summary{display:none;padding:.4rem 0;font-weight:600;cursor:pointer}
.facet h3{margin:.9rem 0 .2rem;font-size:.78rem;color:var(--muted);text-transform:uppercase;letter-spacing:.05em}
.facet ul{list-style:none;margin:0;padding:0}
.facet li button{display:flex;justify-content:space-between;gap:.6rem;width:100%;text-align:left;border-color:transparent;background:none;padding:.12rem .4rem;font-size:.88rem}
.facet li button:hover{background:var(--grid)}
.facet li button[aria-pressed=true]{background:var(--chosen);border-color:var(--accent);font-weight:600}
.facet .value{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.facet .count{color:var(--muted);font-variant-numeric:tabular-nums}
.facet p{margin:.2rem .4rem;font-size:.8rem;color:var(--muted)}
.more{border:0;background:none;color:var(--accent);padding:.12rem .4rem;font-size:.84rem}
.list{grid-area:list;min-width:0;min-height:0;display:flex;flex-direction:column;position:relative}
#list{flex:1;min-height:0;overflow:auto;container:list/inline-size}
#rows{position:relative}
.head,.row{display:grid;grid-template-columns:108px minmax(90px,170px) minmax(0,1fr) 52px 104px 82px;gap:0 12px;padding:0 14px;align-items:center}
.head{position:sticky;top:0;z-index:2;background:var(--surface);border-bottom:1px solid var(--rule);height:32px}
.head button{border:0;background:none;padding:0;font-size:.82rem;color:var(--muted);font-weight:600;white-space:nowrap}
.head [aria-sort=ascending] button::after{content:" ↑"}.head [aria-sort=descending] button::after{content:" ↓"}
.row{position:absolute;left:0;right:0;top:0;height:34px;border-bottom:1px solid var(--grid);cursor:pointer;font-size:.9rem}
.row>*{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.row:hover{background:var(--grid)}
.row.active{box-shadow:inset 3px 0 0 var(--accent)}
#list:focus-visible .row.active{outline:2px solid var(--accent);outline-offset:-2px}
.row.opened{background:var(--chosen)}
.row.faint{color:var(--muted)}
.row .time,.row .took,.row .lines{font-variant-numeric:tabular-nums;color:var(--muted);font-size:.84rem}
.row .time{white-space:normal;line-height:1.1}
.head .lines,.row .lines,.head .took,.row .took{text-align:right}
.row .action{font-weight:500}
.incident{color:var(--leak);font-weight:600}
.row .incident{margin-left:.6rem;font-weight:500}
.bad .outcome,.bad .code{color:var(--leak);font-weight:600}
.dot{display:inline-block;width:.6rem;height:.6rem;border-radius:50%;margin-right:.4rem;background:var(--clean)}
.dot.refused,.dot.failed{background:var(--leak);border-radius:1px}.dot.unknown{background:none;border:1px solid var(--muted)}
#empty{position:absolute;top:44px;left:16px;color:var(--muted)}
#detail{grid-area:detail;min-width:0;min-height:0;overflow:auto;background:var(--surface);border-left:1px solid var(--rule);padding:12px 18px 40px}
#detail header{display:flex;flex-wrap:wrap;gap:4px 16px;justify-content:space-between;align-items:baseline}
#detail h2{margin:0;font-size:1.12rem;overflow-wrap:anywhere}
.tools{margin:0;display:flex;gap:8px;align-items:center;flex-wrap:wrap;font-size:.86rem}
.id{color:var(--muted);font-variant-numeric:tabular-nums}
dl{display:grid;grid-template-columns:auto minmax(0,1fr);gap:.15rem .9rem;margin:.6rem 0 .9rem;font-size:.9rem}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
.tree{list-style:none;margin:0;padding:0;font-size:.88rem}
.tree li{border-top:1px solid var(--grid)}
.line{display:grid;grid-template-columns:74px minmax(0,1fr) 34px;gap:0 10px;padding:.25rem 0;cursor:pointer;align-items:baseline}
.line:hover{background:var(--grid)}
.line>*{overflow:hidden;text-overflow:ellipsis}
.line .what{padding-left:calc(var(--depth)*14px);position:relative;overflow-wrap:anywhere}
.line .what::before{content:"▸ ";color:var(--muted)}
[aria-expanded=true]>.line .what::before{content:"▾ "}
.line .offset,.line .code{font-variant-numeric:tabular-nums;text-align:right;color:var(--muted);white-space:nowrap}
.line small{display:block;color:var(--muted);font-size:.8rem}
.body{padding:.3rem 0 .8rem 84px;min-width:0}
pre{margin:.4rem 0 0;padding:.6rem .8rem;background:var(--paper);border:1px solid var(--rule);border-radius:4px;overflow:auto;max-height:420px;font:12px/1.5 ui-monospace,"DejaVu Sans Mono",monospace}
.changes{border-collapse:collapse;width:100%;font-size:.84rem;margin:0 0 .6rem}
.changes caption{text-align:left;color:var(--muted);padding:.2rem 0}
.changes th,.changes td{text-align:left;vertical-align:top;border-top:1px solid var(--grid);padding:.2rem .5rem .2rem 0;overflow-wrap:anywhere;font-weight:400}
.changes tbody th{font-weight:600}
.said{position:absolute;left:-99em}
@media (max-width:1100px){body.with-detail{grid-template-columns:minmax(0,1fr);grid-template-areas:"top" "tools" "detail"}body.with-detail #facet-box,body.with-detail .list{display:none}}
@media (max-width:700px){body{height:auto;min-height:100vh;grid-template:auto auto auto minmax(0,1fr)/minmax(0,1fr);grid-template-areas:"top" "tools" "facets" "list"}
.top,.tools-bar{padding-left:12px;padding-right:12px}#facet-box{border:0;padding:0 12px}#facet-box>summary{display:block}
#list{flex:none;height:75vh}
.line{grid-template-columns:64px minmax(0,1fr) 34px}.body{padding-left:0}#timeline{height:70px}#detail{padding:12px}}
@container list (max-width:699.9px){.head{display:none}.row{height:62px;grid-template:auto auto/minmax(0,1fr) auto auto;grid-template-areas:"action action outcome" "actor time lines";gap:0 10px;padding:4px 12px}
.row .action{grid-area:action}.row .outcome{grid-area:outcome}.row .actor{grid-area:actor;color:var(--muted);font-size:.84rem}.row .time{grid-area:time;white-space:nowrap}.row .lines{grid-area:lines}.row .lines::after{content:" lines"}.row .took{display:none}.row .time{line-height:1.45}}
@media print{body,body.with-detail{display:block;height:auto;background:#fff}#facet-box,.search,.fault,.skip,#timeline{display:none}.list,#list,#detail,#rows{display:block;overflow:visible;height:auto;border:0}.row{position:static;transform:none!important;height:auto;break-inside:avoid}.row>*{white-space:normal}body.with-detail .list{display:none}.tools button{display:none}pre{max-height:none;white-space:pre-wrap}}
`;
