import { GRAPH_STYLE } from './style-graph';
import { PRINT_STYLE } from './style-print';

/** Colours, each for light and for dark; text on its ground has a contrast of at least 4.5 to 1, lines and signs 3 to 1. */
const COLORS = `
:root{color-scheme:light dark;
--ground:light-dark(#f5f6f8,#11151b);--surface:light-dark(#ffffff,#191f27);--sunken:light-dark(#eef0f4,#222a34);
--ink:light-dark(#18202b,#e6ebf2);--soft:light-dark(#526071,#a3b0c0);--line:light-dark(#d9dee6,#313b48);--edge:light-dark(#8793a3,#66748a);
--accent:light-dark(#1f54c0,#8fb4ff);--accent-soft:light-dark(#e7eefc,#1d2c4a);
--bad:light-dark(#b3202e,#ff8d92);--bad-soft:light-dark(#fcebec,#3a1d22);
--open:light-dark(#835600,#f0bd5e);--open-soft:light-dark(#fdf2dc,#372a12);
--good:light-dark(#1c6b43,#76d3a2);--good-soft:light-dark(#e6f4ec,#182e24);
--k-read-data:light-dark(#2b6cb0,#74b3f5);--k-read-credentials:light-dark(#6d4bb4,#bda2ff);--k-change-data:light-dark(#7d6300,#e0c252);
--k-destroy:light-dark(#b04a12,#ff9d63);--k-grant:light-dark(#a52a78,#f48fcb);--k-run-code:light-dark(#0f6f73,#5fd0d0);
--k-escalates:light-dark(#b3202e,#ff8d92);--k-delegates:light-dark(#66717f,#8f9db0)}
:root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}`;

const TEXT = `
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1rem}
body{margin:0 auto;max-width:1560px;padding:clamp(1rem,3vw,2.5rem);background:var(--ground);color:var(--ink);font:15px/1.55 -apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue","Liberation Sans",Arial,system-ui,sans-serif;text-rendering:optimizeLegibility}
h1{margin:.35rem 0 1.4rem;max-width:34em;font-size:clamp(1.45rem,2.6vw,2.05rem);line-height:1.22;font-weight:650;letter-spacing:-.018em;text-wrap:balance}
h2{margin:0 0 .9rem;font-size:1.12rem;font-weight:650;letter-spacing:-.008em}
h3{margin:0;font-size:1rem;font-weight:650}
h4{margin:1.35rem 0 .5rem;font-size:.76rem;font-weight:650;letter-spacing:.055em;text-transform:uppercase;color:var(--soft)}
p{margin:.3rem 0}ul,ol{margin:.2rem 0;padding-left:1.3rem}
a{color:var(--accent);text-underline-offset:.15em}
code{font:.86em/1.5 ui-monospace,"SF Mono","Cascadia Code","DejaVu Sans Mono",Consolas,monospace;overflow-wrap:anywhere}
section{margin-top:2.4rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
[hidden],.off,tr.out,details.out{display:none!important}
.unseen{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999rem;padding:.6rem 1rem;background:var(--surface);border-radius:8px;z-index:9}.skip:focus{left:1rem;top:1rem}
.kicker{display:flex;align-items:center;gap:.8rem;margin:0;font-size:.82rem;font-weight:650;color:var(--ink)}
.kicker span{font-weight:400;color:var(--soft)}
button{font:inherit;cursor:pointer}
#theme,#fold{padding:.28rem .85rem;border:1px solid var(--line);border-radius:99px;background:var(--surface);color:var(--ink)}
#theme{margin-left:auto}#theme:hover,#fold:hover{border-color:var(--soft)}
.figures{display:flex;flex-wrap:wrap;gap:.7rem;margin:0}
.figures div{display:flex;flex-direction:column-reverse;min-width:8.2rem;padding:.75rem 1.1rem;background:var(--surface);border:1px solid var(--line);border-radius:12px}
.figures dt{color:var(--soft);font-size:.82rem}.figures dd{margin:0;font-size:1.6rem;line-height:1.15;font-weight:650;font-variant-numeric:tabular-nums}
.figures .bad dd{color:var(--bad)}.figures .open dd{color:var(--open)}.figures .good dd{color:var(--good)}`;

const PARTS = `
.filter{display:flex;flex-wrap:wrap;align-items:center;gap:.6rem 1.1rem;margin-bottom:.8rem;font-size:.88rem;color:var(--soft)}
.filter label{display:inline-flex;align-items:center;gap:.45rem}
.filter input[type=search],.filter select{font:inherit;color:var(--ink);background:var(--surface);border:1px solid var(--edge);border-radius:8px;padding:.34rem .6rem}
.filter select{max-width:13rem}.filter input[type=search]{width:min(17rem,60vw)}.filter input[type=checkbox]{width:1.05rem;height:1.05rem;accent-color:var(--accent)}
#count{margin-left:auto;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.88rem}
th,td{padding:.55rem .8rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
thead th{font-size:.76rem;font-weight:600;color:var(--soft);white-space:nowrap}
tbody th{font-weight:600}tbody tr:last-child>*{border-bottom:0}
td ul{padding:0;margin:0;list-style:none}.number{text-align:right;font-variant-numeric:tabular-nums}
.list{background:var(--surface);border:1px solid var(--line);border-radius:12px;border-spacing:0;border-collapse:separate;overflow:hidden}
.list tr:target,.list tr:hover{background:var(--accent-soft)}
.list tbody th{min-width:13rem;overflow-wrap:anywhere}.list td{min-width:5rem}#reached td:last-child{min-width:15rem}.list .sentence{min-width:17rem;color:var(--soft)}.list th code{font-weight:400;color:var(--soft)}
.how{color:var(--soft)}
.harm{display:inline-block;width:.62rem;height:.62rem;margin-right:.5rem;border-radius:3px;background:var(--k)}
.k-read-data{--k:var(--k-read-data)}.k-read-credentials{--k:var(--k-read-credentials)}.k-change-data{--k:var(--k-change-data)}.k-destroy{--k:var(--k-destroy)}
.k-grant{--k:var(--k-grant)}.k-run-code{--k:var(--k-run-code)}.k-escalates{--k:var(--k-escalates)}.k-delegates{--k:var(--k-delegates)}
.marks{display:inline-flex;flex-wrap:wrap;gap:.3rem}
.mark{display:inline-block;padding:.02rem .5rem;border-radius:99px;font-size:.8rem;font-weight:600;white-space:nowrap;background:var(--sunken);color:var(--soft)}
.mark.v-proven{color:var(--good);background:var(--good-soft)}.mark.v-refuted,.mark.v-path{color:var(--bad);background:var(--bad-soft)}.mark.v-not-proven{color:var(--open);background:var(--open-soft)}
details.agent{margin:.55rem 0;background:var(--surface);border:1px solid var(--line);border-radius:12px}
details.agent.a-wrong{border-left:4px solid var(--bad)}details.agent.a-open{border-left:4px solid var(--open)}
summary{display:flex;flex-wrap:wrap;align-items:baseline;gap:.3rem .8rem;padding:.7rem 1.1rem;cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
summary::before{content:"";width:.42rem;height:.42rem;align-self:center;border:solid var(--soft);border-width:0 2px 2px 0;transform:rotate(-45deg)}
details[open]>summary::before{transform:rotate(45deg)}
.where{color:var(--soft);font-size:.86rem}summary .marks{margin-left:auto}
.body{padding:0 1.1rem 1.1rem}
.body>*{max-width:74rem}
.lead{font-size:1.05rem;font-weight:550;line-height:1.45;text-wrap:pretty}
.held{color:var(--soft)}.held b{color:var(--ink);font-weight:600}
.claims,.findings{list-style:none;padding:0}.claims li{display:flex;gap:.6rem;padding:.3rem 0}.claims li>.mark{align-self:flex-start;padding:.05rem .45rem}
.claims li>div{min-width:0}.claims p{margin:.15rem 0}.path,.example,.origin,.findings{overflow-wrap:anywhere}.verdict{color:var(--soft);font-size:.88em}.verdict.v-refuted{color:var(--bad);font-weight:600}.verdict.v-not-proven{color:var(--open);font-weight:600}
.example{margin:.5rem 0;padding:.6rem .85rem;background:var(--bad-soft);border-radius:8px}
.label{font-size:.78rem;font-weight:650;color:var(--soft)}.example .label{color:var(--ink)}
.request,.origin{margin:.15rem 0;font-size:.9rem}.request code{display:block}.with{padding-left:1.2em;color:var(--soft)}.origin{color:var(--soft)}
.fix b,.fix{font-weight:600}.claims p.fix{font-weight:400}.findings .fix{font-weight:400;color:var(--soft)}
.tag{padding:.02rem .4rem;border-radius:5px;background:var(--sunken);color:var(--soft);font-size:.78rem;white-space:nowrap}
.path{margin:.4rem 0;padding:.7rem 1rem;border:1px solid var(--line);border-radius:10px}
.path .end{font-weight:500}.path .end b{color:var(--bad)}
.path ol{list-style:none;padding:0;margin:.6rem 0;counter-reset:step}
.path li{position:relative;padding:0 0 .9rem 2.3rem;counter-increment:step}
.path li::before{content:counter(step);position:absolute;left:0;top:0;width:1.5rem;height:1.5rem;border-radius:50%;background:var(--ink);color:var(--surface);font-size:.8rem;font-weight:650;line-height:1.5rem;text-align:center}
.path li::after{content:"";position:absolute;left:.72rem;top:1.7rem;bottom:.2rem;border-left:2px solid var(--line)}
.path li>p:first-child{margin:0}
.findings li{padding:.25rem 0}.f-error b{color:var(--bad)}.f-warning b{color:var(--open)}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:1.2rem 0 0;padding-top:.7rem;border-top:1px solid var(--line);font-size:.86rem}.facts dt{color:var(--soft)}.facts dd{margin:0}
.more{color:var(--soft);font-size:.86rem}
@media screen and (max-width:720px){
.list thead{display:none}.list,.list tbody,.list tr,.list td,.list th{display:block;width:100%}.list tr{padding:.6rem .2rem;border-bottom:1px solid var(--line)}.list tbody th,.list td{border:0;padding:.15rem .8rem;min-width:0}
.list td[data-label]::before{content:attr(data-label) " ";color:var(--soft);font-size:.8rem;margin-right:.35rem}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr))}.figures div{min-width:0}
summary .marks{margin-left:0}#count{margin-left:0;width:100%}.body{padding:0 .85rem .9rem}.facts{grid-template-columns:1fr}.facts dd{margin-bottom:.4rem}}
@media (prefers-reduced-motion:reduce){*{transition:none!important}html{scroll-behavior:auto}}`;

/** The page's whole style, on the screen and on paper. */
export const STYLE = `${COLORS}${TEXT}${PARTS}${GRAPH_STYLE}${PRINT_STYLE}\n`;
