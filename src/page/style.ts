import { COLOUR, DARK } from './colours.js';

/** Charts are drawn once, for a light ground; on a dark one each of their colours gives way to another. */
const DARK_CHARTS = Object.entries(DARK)
  .map(([light, dark]) => `.chart [fill="${light}"]{fill:${dark}}.chart [stroke="${light}"]{stroke:${dark}}`)
  .join('\n');

/** The page's only style sheet. No font, image or other file is asked for. */
export const STYLE = `
:root{color-scheme:light;--ink:${COLOUR.ink};--muted:${COLOUR.muted};--rule:${COLOUR.rule};--grid:${COLOUR.grid};--paper:#f6f8fa;--surface:#fff;
--accent:#005a8e;--leak:#b34700;--clean:#00634a}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:3.5rem}
body{margin:0;color:var(--ink);background:var(--paper);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
a{color:var(--accent)}
a:focus-visible,button:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-99em}.skip:focus{left:1rem;top:.5rem;background:var(--surface);padding:.3rem .6rem;z-index:3}
.wrap{max-width:1160px;margin:0 auto;padding:0 24px}
.top{background:var(--surface);padding:34px 0 22px}
.kicker{margin:0;color:var(--muted);font-size:.82rem;letter-spacing:.06em;text-transform:uppercase}
h1{margin:.1rem 0 .3rem;font-size:2.05rem;line-height:1.2;letter-spacing:-.015em;overflow-wrap:anywhere}
.lede{margin:0;color:var(--muted);overflow-wrap:anywhere}
nav{position:sticky;top:0;z-index:2;background:var(--surface);border-bottom:1px solid var(--rule)}
nav ul{display:flex;gap:4px 22px;margin:0;padding:0;list-style:none;overflow-x:auto}
nav a{display:block;padding:.55rem 0;color:var(--muted);text-decoration:none;white-space:nowrap;font-size:.92rem}
nav a:hover{color:var(--ink);text-decoration:underline;text-underline-offset:.3em}
main{padding-top:8px;padding-bottom:40px}
section{margin:34px 0 0}
h2{margin:0 0 .25rem;font-size:1.35rem;letter-spacing:-.01em}
h3{margin:1.6rem 0 .5rem;font-size:1.02rem;overflow-wrap:anywhere}
section>p{max-width:74ch;margin:.25rem 0 1rem}
.columns{display:grid;gap:18px;grid-template-columns:repeat(auto-fit,minmax(min(100%,500px),1fr));align-items:start;margin:14px 0}
.cards{display:grid;gap:18px;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));margin:16px 0}
.card{background:var(--surface);border:1px solid var(--rule);border-top:4px solid var(--muted);border-radius:6px;padding:16px 20px 18px;min-width:0}
.card.paper{border-top-color:#d55e00}.card.blocked{border-top-color:#0072b2}.card.capture{border-top-color:#009e73}
.card h3{display:flex;flex-wrap:wrap;gap:6px 10px;align-items:center;margin:0}
.big{margin:.5rem 0 0;font-size:3rem;line-height:1.1;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.what{margin:0;font-weight:600}.fine{margin:.1rem 0 0;color:var(--muted);font-size:.9rem}
.card dl{display:grid;grid-template-columns:minmax(5.5rem,1fr) minmax(0,auto);gap:.28rem 1rem;margin:.9rem 0 0;padding-top:.8rem;border-top:1px solid var(--grid);font-size:.92rem}
.card dt{color:var(--muted)}.card dd{margin:0;text-align:right;font-variant-numeric:tabular-nums}
.card dd small{display:block;overflow-wrap:anywhere;color:var(--muted)}
.badge{display:inline-block;border-radius:999px;padding:.08rem .6rem;font-size:.76rem;font-weight:650;letter-spacing:.03em;white-space:nowrap;border:1px solid currentColor}
.badge.leaks{background:var(--leak);border-color:var(--leak);color:#fff}
.badge.leak-free{color:var(--clean)}
.badge.state{color:var(--muted)}
.question{font-size:1.12rem;font-weight:600;margin:.2rem 0 .5rem!important}
.answer{max-width:82ch!important;font-size:1.06rem}
.notice{border:1px solid var(--rule);border-left:3px solid var(--muted);background:var(--surface);border-radius:4px;padding:.55rem .9rem}
.findings{padding-left:1.1rem;max-width:92ch}.findings li{margin:.35rem 0}
.warning{border-left:3px solid var(--leak);margin:.9rem 0 0;padding:.1rem 0 .1rem .75rem;font-size:.92rem}
figure.chart{margin:0;background:var(--surface);border:1px solid var(--rule);border-radius:6px;padding:16px 18px 10px;min-width:0}
.wide{margin:14px 0}
.fine+.scroll{margin-top:.7rem}
.scroll+.fine{margin:.6rem 0 0}
.scroll{overflow-x:auto;max-width:100%}
figure.chart svg{display:block;max-width:100%;height:auto}
.on-phone{display:none}
figcaption{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;justify-content:space-between;margin-top:.6rem;color:var(--muted);font-size:.86rem}
figcaption .files{margin-left:auto;white-space:nowrap}
.scroll:has(table){background:var(--surface);border:1px solid var(--rule);border-radius:6px}
.tall{max-height:460px;overflow-y:auto}
table{--gap:.75rem;--first:9rem;border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
table:has(thead th:nth-child(8)){--gap:.4rem;--first:7rem;font-size:.84rem}
caption{text-align:left;padding:.7rem .9rem .5rem;color:var(--muted)}
caption span{display:inline-block;position:sticky;left:.9rem;max-width:calc(100vw - 4.5rem)}
th,td{padding:.36rem var(--gap);border-top:1px solid var(--grid);vertical-align:top}
thead th{position:sticky;top:0;background:var(--surface);border-top:0;box-shadow:inset 0 -1px var(--rule);font-weight:600;vertical-align:bottom}
th.text,td.text,th.code,td.code{text-align:left}th.number,td.number{text-align:right}td.number,.code{white-space:nowrap}td.number small{white-space:normal}
th.group{text-align:left;padding-top:1rem;font-weight:650;border-top-color:var(--rule)}
tbody th{font-weight:500}tbody th.text{min-width:var(--first)}
tbody tr:hover>*{background:var(--paper)}
td small,th small{display:block;color:var(--muted);font-weight:400;font-size:.8rem}
.manifest td{overflow-wrap:anywhere;min-width:13rem}
th button{all:unset;cursor:pointer;border-radius:2px}
th button::after{content:"↕";color:var(--rule);margin-left:.3em}
th[aria-sort=ascending] button::after{content:"↑";color:var(--ink)}
th[aria-sort=descending] button::after{content:"↓";color:var(--ink)}
.downloads{columns:3 260px;padding:0;list-style:none;font-size:.9rem}
.downloads li{break-inside:avoid;overflow-wrap:anywhere;padding:.1rem 0}
footer{border-top:1px solid var(--rule);padding:18px 0 40px;color:var(--muted);font-size:.86rem}
@media screen and (max-width:600px){.on-page{display:none}.on-phone{display:block}}
@media (max-width:600px){.wrap{padding:0 16px}.top{padding-top:22px}h1{font-size:1.6rem}.big{font-size:2.5rem}figure.chart{padding:12px 10px 8px}}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--ink:${DARK[COLOUR.ink]};--muted:${DARK[COLOUR.muted]};--rule:${DARK[COLOUR.rule]};--grid:${DARK[COLOUR.grid]};--paper:#0f141a;
--surface:${DARK[COLOUR.ground]};--accent:#6cb8ec;--leak:#c2540f;--clean:#4cc9a4}
.card.paper{border-top-color:${DARK[COLOUR.warm]}}.card.blocked{border-top-color:${DARK[COLOUR.accent]}}.card.capture{border-top-color:${DARK[COLOUR.green]}}
${DARK_CHARTS}}
@media print{@page{margin:12mm}
body{background:#fff;font-size:11pt}nav,.files,.skip{display:none}.wrap{max-width:none;padding:0}
.card,figure.chart,tr{break-inside:avoid}h2,h3,caption{break-after:avoid}.columns,.cards{gap:10px}
.scroll,.tall{overflow:visible;max-height:none}caption span,thead th{position:static}
table,table:has(thead th:nth-child(8)){--gap:.3rem;--first:0;font-size:8pt}
td small,th small{font-size:7pt}
td,th,td.number,.code{white-space:normal;overflow-wrap:anywhere}thead th{overflow-wrap:break-word}.manifest td{min-width:0}th button::after{content:none}
tbody th.text{min-width:0}.badge.leaks{print-color-adjust:exact}}
`;
