/** The style sheet of the board: light, dark, on paper. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fbf9f7;--fg:#23201e;--dim:#645d58;--card:#fff;--line:#ded6d0;--link:#8f1d16;
--c0:#fff;--c1:#f7ddd6;--c2:#eeb7a9;--c3:#de8270;--c4:#c4473a;--c5:#8f1d16;--mark:#5a2a22;--a:#8f1d16;--b:#1f5f8b;--c:#4c6b1f}
@media(prefers-color-scheme:dark){:root{--bg:#1b1817;--fg:#f1ece8;--dim:#b9afa8;--card:#26211f;--line:#4a423d;--link:#ffb4a8;
--c0:#26211f;--c1:#4b2a25;--c2:#6f362d;--c3:#9b4a3d;--c4:#d0705f;--c5:#ffb4a8;--mark:#f6d8d1;--a:#ffb4a8;--b:#8cc7f0;--c:#bedb86}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.6 "PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:1120px;margin:0 auto;padding:12px 14px 48px}
h1{font-size:1.7em;margin:.3em 0 .1em}h2{font-size:1.2em;margin:0 0 .2em}
a{color:var(--link)}a:focus-visible{outline:3px solid var(--link);outline-offset:2px}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:4px 16px;margin:6px 0;padding:0}
nav li{min-height:28px}.dim,.rule{color:var(--dim);margin:.2em 0 .6em}.rule{font-size:.9em}
.head{display:grid;grid-template-columns:repeat(auto-fit,minmax(125px,1fr));gap:10px;margin:14px 0;padding:0}
.head div,main>section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 14px}
.head dt{color:var(--dim)}.head dd{margin:0;font-size:1.15em;font-weight:600}.head small{display:block;font-size:.6em;font-weight:400;color:var(--dim)}
main>section{margin:14px 0}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--dim);font-size:.9em;padding-bottom:4px}
th,td{padding:5px 8px;border-top:1px solid var(--line);text-align:right;white-space:nowrap}
thead th{border-top:0;font-weight:600;vertical-align:bottom}th:first-child{text-align:left}
tbody th{font-weight:400}tr.total th,tr.total td{font-weight:600}
.bars{list-style:none;padding:0;margin:0 0 12px;display:grid;gap:8px}.bars li{display:grid;grid-template-columns:7.5em 1fr;gap:10px;align-items:center}
.by{color:var(--dim);font-size:.85em}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 14px;padding:0;margin:4px 0 8px}.legend li{display:flex;align-items:center;gap:6px}
figure{margin:0}svg.defs{position:absolute}svg.bar{display:block}svg text{fill:var(--fg);font-size:12px}
svg.trend,svg.tiles,svg.flow,svg.grid-of,svg.map{display:block;width:100%;max-width:560px;height:auto}svg.tiles,svg.flow,svg.grid-of,svg.map{max-width:420px}
.map path{fill-rule:evenodd;stroke-linejoin:round}.map .names{pointer-events:none}svg.map text{font-size:15px}figure+figure{margin-top:12px}
.c0{fill:var(--c0)}.c1{fill:var(--c1)}.c2{fill:var(--c2)}.c3{fill:var(--c3)}.c4{fill:var(--c4)}.c5{fill:var(--c5)}
.m{fill:var(--mark)}.l{stroke:var(--mark);stroke-width:1;fill:none}.edge{stroke:var(--mark);stroke-width:1}
.rest{fill:var(--c0);stroke:var(--line)}.plate{fill:var(--card)}.grid{stroke:var(--line)}
.arrow{fill:none;stroke:var(--dim);stroke-width:2}.head-of{fill:var(--dim)}
.records{list-style:none;padding:0;margin:0}.records li{display:flex;gap:10px;padding:6px 0;border-top:1px solid var(--line)}.records small{display:block;color:var(--dim)}
.mark{flex:none;min-width:4em;color:var(--dim)}.sum{font-size:1.6em;font-weight:600;margin:0}summary{cursor:pointer;min-height:28px}td a{text-underline-offset:3px}
.run path{fill:none;stroke-width:2}.run .point,.run circle{stroke:none}
.r0 path{stroke:var(--a)}.r0 circle,.r0 .point{fill:var(--a)}
.r1 path{stroke:var(--b);stroke-dasharray:6 3}.r1 .point{fill:var(--b)}
.r2 path{stroke:var(--c);stroke-dasharray:2 3}.r2 .point{fill:var(--c)}
.k0{color:var(--a)}.k1{color:var(--b)}.k2{color:var(--c)}
@media(max-width:520px){.bars li{grid-template-columns:1fr;gap:2px}th,td{padding:5px 3px;font-size:.82em;white-space:normal}h1{font-size:1.4em}.head dd{font-size:1em}}
@media(pointer:coarse){nav a{display:inline-block;padding:9px 0}summary{line-height:44px}td a,tbody th a{display:block;margin:-5px -3px;padding:12px 3px}}
@media(min-width:1600px){body{font-size:20px}main{max-width:1500px}}
@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--dim:#333;--card:#fff;--line:#999;--link:#000;--c0:#fff;--c1:#f7ddd6;--c2:#eeb7a9;--c3:#de8270;--c4:#c4473a;--c5:#8f1d16;--mark:#5a2a22;--a:#8f1d16;--b:#1f5f8b;--c:#4c6b1f}
@page{size:A4;margin:16mm 14mm}body{font-size:10.5pt}main{padding:0;max-width:none}nav{display:none}main>section{border:0;padding:0}h2,.rule,.legend{break-after:avoid}tr,li,svg{break-inside:avoid}svg.tiles,svg.flow,svg.grid-of{max-width:240px}svg.trend,svg.map{max-width:380px}.head{grid-template-columns:repeat(4,1fr)}.head dd{font-size:1.1em}
svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
