import { COLOUR, DARK } from '../../page/colours.js';

const LIGHT = `--ink:${COLOUR.ink};--muted:${COLOUR.muted};--rule:${COLOUR.rule};--grid:${COLOUR.grid};--paper:#f6f8fa;--surface:#fff;--accent:#005a8e;--bar:#5b9bc8;--leak:#b34700;--clean:#00634a;--chosen:#e3eff8;--hover:#eef2f6;--shadow:0 1px 2px #1b233014,0 8px 24px #1b23301f;--t-field:#00588a;--t-text:#7a3e00;--t-number:#7a1f6b;--t-word:#0b6a52`;
const NIGHT = `--ink:${DARK[COLOUR.ink]};--muted:${DARK[COLOUR.muted]};--rule:${DARK[COLOUR.rule]};--grid:${DARK[COLOUR.grid]};--paper:#0f141a;--surface:${DARK[COLOUR.ground]};--accent:#6cb8ec;--bar:#3f86b8;--leak:#f0935a;--clean:#4cc9a4;--chosen:#1b3144;--hover:#1c2530;--shadow:0 1px 2px #0008,0 8px 24px #000a;--t-field:#7cc3f2;--t-text:#e8b27a;--t-number:#d9a0cc;--t-word:#6fd3b3`;
const MONO = 'ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace';

/** The style sheet of the page of contexts. No font, image or other file is asked for. */
export const CONTEXTS_STYLE = `
:root{color-scheme:light;${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;${NIGHT}}}
*{box-sizing:border-box}
[hidden]{display:none!important}
html{-webkit-text-size-adjust:100%}
body{margin:0;height:100vh;height:100dvh;display:grid;grid-template:auto auto minmax(0,1fr)/248px minmax(0,1fr);grid-template-areas:"top top" "tools tools" "facets list";color:var(--ink);background:var(--surface);font:14.5px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
body.with-detail{grid-template-columns:248px minmax(0,5fr) minmax(0,6fr);grid-template-areas:"top top top" "tools tools tools" "facets list detail"}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
button,input,select{font:inherit;color:inherit}
button{cursor:pointer;background:var(--surface);border:1px solid var(--rule);border-radius:6px;padding:.2rem .6rem;font-size:.88rem;white-space:nowrap}
button:hover{background:var(--hover)}
button:active{background:var(--grid)}
code,kbd,pre{font-family:${MONO}}
kbd{font-size:.78rem;border:1px solid var(--rule);border-radius:4px;padding:0 .35rem;color:var(--muted);background:var(--paper)}
.skip{position:absolute;left:-99em}.skip:focus{left:1rem;top:.5rem;background:var(--surface);padding:.3rem .6rem;z-index:9}
.quiet{color:var(--muted);font-size:.88rem;margin:.4rem 0}
.top{grid-area:top;padding:11px 18px 3px;display:flex;flex-wrap:wrap;gap:1px 14px;align-items:baseline}
h1{margin:0;font-size:1.2rem;letter-spacing:-.01em;overflow-wrap:anywhere}
.top p{margin:0;color:var(--muted);font-size:.86rem;overflow-wrap:anywhere}.top b{color:var(--ink)}
.tools-bar{grid-area:tools;border-bottom:1px solid var(--rule);padding:7px 18px 4px;min-width:0}
.search{display:flex;flex-wrap:wrap;gap:6px 12px;align-items:flex-start}.search>:not(.editor){padding-top:.3rem}
.editor{position:relative;flex:1 1 480px;min-width:0}.field{position:relative}
.field>input,#paint{font:13.5px/1.5 ${MONO};padding:.42rem 2.4rem .42rem .7rem;border:1px solid var(--rule);border-radius:8px;width:100%;white-space:pre;letter-spacing:0}
.field>input{position:relative;background:transparent;color:transparent;caret-color:var(--ink);display:block}
.field>input::placeholder{color:var(--muted);font-family:system-ui,sans-serif}
.field>input:hover{border-color:var(--muted)}
.field>input:focus{outline:2px solid var(--accent);outline-offset:0;border-color:transparent}
.field>input[aria-invalid=true]{border-color:var(--leak)}
.field>input::selection{color:transparent;background:#5b9bc855}
#paint{position:absolute;inset:0;overflow:hidden;border-color:transparent;background:var(--paper);color:var(--ink)}
#paint .name{color:var(--t-field)}#paint .text{color:var(--t-text)}#paint .number{color:var(--t-number)}#paint .word{color:var(--t-word)}#paint .sign{color:var(--muted)}
#paint mark{background:none;color:inherit;text-decoration:underline wavy var(--leak) 1.5px;text-underline-offset:3px;text-decoration-skip-ink:none}
.field>kbd{position:absolute;right:.6rem;top:.5rem}.field>input:focus~kbd{display:none}
#options{position:absolute;z-index:8;left:0;top:calc(100% + 4px);min-width:min(100%,340px);max-width:100%;max-height:min(340px,60vh);overflow:auto;margin:0;padding:4px;list-style:none;background:var(--surface);border:1px solid var(--rule);border-radius:8px;box-shadow:var(--shadow)}
#options li{display:flex;gap:1.4rem;justify-content:space-between;align-items:baseline;padding:.2rem .55rem;border-radius:5px;cursor:pointer}
#options code{font-size:13px;white-space:pre;overflow:hidden;text-overflow:ellipsis}#options b{text-decoration:underline;text-underline-offset:2px}
#options .field code{color:var(--t-field)}#options .value code{color:var(--t-text)}#options .word code{color:var(--t-word)}
#options .says{color:var(--muted);font-size:.82rem;text-align:right;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;font-variant-numeric:tabular-nums}
#options li:hover{background:var(--hover)}#options li[aria-selected=true]{background:var(--chosen);outline:1px solid var(--accent)}
#count{font-size:.9rem;font-variant-numeric:tabular-nums;color:var(--muted);white-space:nowrap}
.buttons,.settings{display:flex;flex-wrap:wrap;gap:6px;align-items:center}.settings{gap:6px 14px;margin-left:auto}
.top p{flex:1 1 240px}.settings label{white-space:nowrap;font-size:.88rem}
select{background:var(--surface);border:1px solid var(--rule);border-radius:6px;padding:.2rem}
input[type=checkbox]{accent-color:var(--accent)}
.fault{margin:5px 0 0 .75rem;color:var(--leak);font-size:.88rem;overflow-wrap:anywhere}.fault:empty{display:none}.fault b{font-weight:600}
.when{position:relative;margin-top:8px}
#timeline{display:block;width:100%;height:84px;touch-action:pan-y;cursor:crosshair;border-radius:4px}
#moment{position:absolute;top:0;margin:0;padding:.1rem .45rem;background:var(--ink);color:var(--surface);border-radius:5px;font-size:.78rem;white-space:nowrap;pointer-events:none;font-variant-numeric:tabular-nums}
.zoom{position:absolute;right:0;top:0;margin:0;display:flex;gap:6px}.zoom button{font-size:.8rem;padding:.05rem .5rem}
#facet-box{grid-area:facets;min-height:0;overflow-y:auto;padding:4px 8px 18px 12px;border-right:1px solid var(--rule);background:var(--paper)}
#facet-box>summary{display:none;padding:.45rem 0;font-weight:600;cursor:pointer}
.facet h3{margin:.8rem 0 .15rem .4rem;font-size:.74rem;color:var(--muted);text-transform:uppercase;letter-spacing:.06em}
.facet ul{list-style:none;margin:0;padding:0}
.facet li button{display:flex;justify-content:space-between;gap:.6rem;width:100%;text-align:left;border-color:transparent;background:none;padding:.1rem .4rem}
.facet li button:hover{background:var(--grid)}
.facet li button[aria-pressed=true]{background:var(--chosen);border-color:var(--accent);font-weight:600}
.facet .value{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.facet .none{color:var(--muted);font-style:italic}
.facet .count{color:var(--muted);font-variant-numeric:tabular-nums;font-weight:400}
.facet p{margin:.2rem .4rem;font-size:.8rem;color:var(--muted)}
.more,.link{border-color:transparent;background:none;color:var(--accent);padding:.1rem .4rem;font-size:.84rem}
.link{padding:0;font-size:inherit;white-space:normal;text-align:left;text-decoration:underline;text-underline-offset:2px;text-decoration-thickness:1px}
.list{grid-area:list;min-width:0;min-height:0;display:flex;flex-direction:column;position:relative}
#list{flex:1;min-height:0;overflow:auto;container:list/inline-size}
#list:focus-visible{outline:none}
#rows{position:relative}
.head,.row{display:grid;grid-template-columns:104px minmax(90px,170px) minmax(0,1fr) 52px 118px 74px;gap:0 12px;padding:0 16px 0 14px;align-items:center}
.head{position:sticky;top:0;z-index:2;background:var(--surface);border-bottom:1px solid var(--rule);height:32px}
.head button{border:0;background:none;padding:0;font-size:.8rem;color:var(--muted);font-weight:600}.head button:hover{color:var(--ink)}
.head [aria-sort=ascending] button::after{content:" ↑"}.head [aria-sort=descending] button::after{content:" ↓"}
.row{position:absolute;left:0;right:0;top:0;height:34px;border-bottom:1px solid var(--grid);cursor:pointer;font-size:.9rem}
.row>*{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.row:hover{background:var(--hover)}
#list:focus-visible .row.active{box-shadow:inset 0 0 0 2px var(--accent)}
.row.opened{background:var(--chosen);box-shadow:inset 3px 0 0 var(--accent)}
.row.faint{color:var(--muted)}
.row .time,.row .took,.row .lines{font-variant-numeric:tabular-nums;color:var(--muted);font-size:.84rem}
.row .time{white-space:normal;line-height:1.1}.row .unit{display:none}
.head .lines,.row .lines,.head .took,.row .took{text-align:right}
.row>*,.value,.count,.text,small,dd,td,.chips button,h1,#detail h2{unicode-bidi:isolate}
.verb{font-weight:600}.verb.makes{color:var(--clean)}.verb.removes{color:var(--leak)}.verb.changes{color:var(--accent)}.verb.reads{color:var(--muted);font-weight:500}.verb.enters{color:var(--t-number)}
.incident{color:var(--leak);font-weight:600}
.row .incident{margin-left:.6rem;font-weight:500}
.bad .outcome,.bad .code{color:var(--leak);font-weight:600}
.dot{display:inline-block;width:.55rem;height:.55rem;border-radius:50%;margin-right:.45rem;background:var(--clean)}
.dot.refused,.dot.failed{background:var(--leak);border-radius:1px}.dot.refused{transform:rotate(45deg)}.dot.unknown{background:none;border:1.5px solid var(--muted)}
#empty{position:absolute;inset:64px 16px auto;text-align:center;color:var(--muted)}#empty p{margin:0 0 .6rem}
#detail{grid-area:detail;min-width:0;min-height:0;overflow:auto;border-left:1px solid var(--rule);padding:0 18px 40px}
#detail header{position:sticky;top:0;z-index:2;background:var(--surface);padding:10px 0 8px;display:flex;flex-wrap:wrap;gap:4px 16px;justify-content:space-between;align-items:baseline;border-bottom:1px solid var(--grid)}
#detail h2{margin:0;font-size:1.08rem;overflow-wrap:anywhere}#detail h2:focus-visible{outline:none}
#detail h3{margin:1rem 0 .3rem;font-size:.74rem;color:var(--muted);text-transform:uppercase;letter-spacing:.06em}
.kicker{color:var(--muted);font-weight:500}
.tools{margin:0;display:flex;gap:6px;align-items:center;flex-wrap:wrap;font-size:.86rem}
.id{color:var(--muted);font-variant-numeric:tabular-nums}
dl{display:grid;grid-template-columns:auto minmax(0,1fr);gap:.1rem .9rem;margin:.6rem 0;font-size:.9rem}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
.chips{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:5px}
.chips button{font-size:.83rem;padding:.08rem .5rem;border-radius:99px;color:var(--muted);white-space:normal;overflow-wrap:anywhere;text-align:left}
.chips .changed{color:var(--ink);border-color:var(--muted)}.chips .count{margin-left:.5em;color:var(--muted);font-variant-numeric:tabular-nums}.chips .more{border-color:transparent;color:var(--accent)}
.tree{list-style:none;margin:0;padding:0;font-size:.88rem}
.tree li{border-top:1px solid var(--grid)}
.line{display:grid;grid-template-columns:76px minmax(0,1fr) 32px;gap:0 10px;cursor:pointer}
.history .line{grid-template-columns:96px minmax(0,1fr) 32px}
.line:hover{background:var(--hover)}
.line>*{overflow:hidden;text-overflow:ellipsis;padding:.26rem 0}
.line .what{padding-left:calc(var(--depth)*15px);background:repeating-linear-gradient(90deg,transparent 0 6px,var(--rule) 6px 7px,transparent 7px 15px) 0 0/calc(var(--depth)*15px) 100% no-repeat;overflow-wrap:anywhere}
.line .text{display:block;padding-left:15px}.line .text::before{content:"▸";color:var(--muted);display:inline-block;width:15px;margin-left:-15px}
[aria-expanded=true]>.line .text::before{content:"▾"}
.line .offset,.line .code{font-variant-numeric:tabular-nums;text-align:right;color:var(--muted);font-size:.84rem;padding-top:.34rem}.line .offset{white-space:nowrap}.history .offset{white-space:normal;text-align:left}
.line small{display:block;color:var(--muted);font-size:.8rem;padding-left:15px}
.body{padding:.2rem 0 .8rem 86px;min-width:0}
pre{margin:.4rem 0 0;padding:.6rem .8rem;background:var(--paper);border:1px solid var(--grid);border-radius:8px;overflow:auto;max-height:420px;font-size:12px;line-height:1.5}
pre .key{color:var(--t-field)}pre .text{color:var(--t-text)}pre .number{color:var(--t-number)}
.changes{border-collapse:collapse;width:100%;font-size:.83rem;margin:.2rem 0 .7rem}
.changes caption{text-align:left;color:var(--muted);padding:.2rem 0}
.changes th,.changes td{text-align:left;vertical-align:top;border-top:1px solid var(--grid);padding:.2rem .5rem;overflow-wrap:anywhere;font-weight:400}
.changes th{padding-left:0}.changes thead th{color:var(--muted)}.changes tbody th{font-weight:600}.changes td{font-family:${MONO};font-size:.78rem}
.changes .gone{background:color-mix(in srgb,var(--leak) 12%,transparent)}.changes .new{background:color-mix(in srgb,var(--clean) 13%,transparent)}
dialog{color:inherit;background:var(--surface);border:1px solid var(--rule);border-radius:12px;box-shadow:var(--shadow);padding:18px 22px;max-width:min(640px,94vw);max-height:88vh;overflow:auto}
dialog::backdrop{background:#0f141a66}
dialog h2{margin:0;font-size:1.08rem}dialog h3{margin:1rem 0 .3rem;font-size:.9rem}
.examples{list-style:none;margin:0;padding:0}.examples li{display:flex;flex-wrap:wrap;gap:0 .8rem;align-items:baseline;margin:.3rem 0}.examples button{white-space:normal;text-align:left}.examples span{color:var(--muted);font-size:.86rem}
.said{position:fixed;left:50%;bottom:18px;translate:-50% 0;margin:0;padding:.35rem .9rem;border-radius:8px;background:var(--ink);color:var(--surface);box-shadow:var(--shadow);font-size:.88rem;z-index:9;pointer-events:none;animation:gone 2.6s forwards}.said:empty{display:none}
@keyframes gone{0%,80%{opacity:1}to{opacity:0}}
@media (prefers-reduced-motion:no-preference){.field>input,button{transition:background .1s,border-color .1s}}
@media (max-width:1100px){body.with-detail{grid-template-columns:minmax(0,1fr);grid-template-areas:"top" "tools" "detail"}body.with-detail #facet-box,body.with-detail .list{display:none}#detail{border:0}}
@media (max-width:700px){body{height:auto;min-height:100vh;grid-template:auto auto auto minmax(0,1fr)/minmax(0,1fr);grid-template-areas:"top" "tools" "facets" "list"}
.top,.tools-bar{padding-left:12px;padding-right:12px}#facet-box{border:0;border-bottom:1px solid var(--rule);padding:0 12px}#facet-box>summary{display:block}#facet-box[open]{padding-bottom:12px}
#list{flex:none;height:78vh}.editor{flex-basis:100%}.search{gap:7px 10px}
.line{grid-template-columns:62px minmax(0,1fr) 30px}.body{padding-left:0}#timeline{height:64px}#detail{padding:0 12px 20px}}
@container list (max-width:699.9px){.head{display:none}.row{height:58px;grid-template:auto auto/minmax(0,1fr) auto auto;grid-template-areas:"action action outcome" "actor time lines";gap:0 10px;padding:6px 14px;align-content:center}
.row .action{grid-area:action}.row .outcome{grid-area:outcome;text-align:right;font-size:.84rem}.row .actor{grid-area:actor;color:var(--muted);font-size:.84rem}.row .time{grid-area:time;white-space:nowrap;line-height:1.45}.row .lines{grid-area:lines;min-width:4.2em}.row .unit{display:inline}.row .took{display:none}}
@media (forced-colors:active){.field>input{color:CanvasText}#paint{display:none}.row.opened,#options li[aria-selected=true]{outline:2px solid Highlight;outline-offset:-2px}}
@media print{body,body.with-detail{display:block;height:auto;background:#fff}#facet-box,.search,.fault,.skip,.when,.settings,.said,.tools button,.objects .more{display:none}.tools-bar{border:0;padding:0}.list,#list,#detail,#rows{display:block;overflow:visible;height:auto;border:0}#list{container:none}.head{position:static}.row{position:static;transform:none!important;height:auto;min-height:26px;break-inside:avoid}.row>*{white-space:normal;overflow-wrap:anywhere}body.with-detail .list{display:none}#detail header{position:static}pre{max-height:none;white-space:pre-wrap}.tree li{break-inside:avoid}}
`;
