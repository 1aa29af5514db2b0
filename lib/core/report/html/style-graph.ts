/** The drawn graph and the panel beside it. Levels of harm differ by pattern and width as well as by colour. */
export const GRAPH_STYLE = `
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.3rem;margin:0 0 .8rem;padding:0;list-style:none;font-size:.82rem;color:var(--soft)}
.legend li{display:flex;align-items:center;gap:.5rem}
.stage{display:grid;grid-template-columns:minmax(0,1fr);gap:1rem;align-items:start}
.stage.beside{grid-template-columns:minmax(0,1fr) minmax(330px,27rem)}
.canvas{position:relative;overflow:auto;max-height:min(78vh,60rem);background:var(--surface);border:1px solid var(--line);border-radius:14px}
.graph{display:block;margin:0 auto;max-width:100%;height:auto;font:inherit}
.c2{min-width:600px}.c3{min-width:880px}.c4{min-width:1080px}.c5{min-width:1440px}
.graph .heads text{font-size:11.5px;font-weight:650;letter-spacing:.05em;fill:var(--soft);text-transform:uppercase}
.edge{fill:none;stroke:var(--k);stroke-width:1.6;transition:opacity .15s}
.edge.k-read-credentials{stroke-dasharray:2 3;stroke-width:2.2}.edge.k-change-data{stroke-dasharray:9 3}.edge.k-destroy{stroke-dasharray:11 3 2 3;stroke-width:2}
.edge.k-grant{stroke-width:3.2;stroke-dasharray:3 2}.edge.k-run-code{stroke-width:3}.edge.k-escalates{stroke-width:2.4;marker-end:url(#to-escalates)}.edge.k-delegates{stroke-dasharray:1 4;stroke-linecap:round;stroke-width:2;marker-end:url(#to-delegates)}
#to-escalates .head{fill:var(--k-escalates)}#to-delegates .head{fill:var(--k-delegates)}
.dense .edge{opacity:.5}.dense .edge.k-escalates{opacity:.5;stroke-width:1.8}.picked.dense .edge.on{opacity:1}
.node{cursor:pointer;text-decoration:none;outline:none;transition:opacity .15s}
.node .box{fill:var(--surface);stroke:var(--line);stroke-width:1.3}
.node:hover .box{stroke:var(--soft)}
.node .bar{fill:none}.node .icon{fill:none;stroke:var(--soft);stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round}
.node .name{font-size:13px;font-weight:600;fill:var(--ink)}.node .type{font-size:11px;fill:var(--soft)}
.node .sign circle{fill:var(--sunken)}.node .sign text{font-size:11.5px;font-weight:700;text-anchor:middle;fill:var(--soft)}
.node.a-wrong .bar{fill:var(--bad)}.node.a-wrong .sign circle{fill:var(--bad-soft)}.node.a-wrong .sign text{fill:var(--bad)}
.node.a-open .bar{fill:var(--open)}.node.a-open .sign circle{fill:var(--open-soft)}.node.a-open .sign text{fill:var(--open)}
.node.a-quiet .bar{fill:var(--good)}.node.a-quiet .sign circle{fill:var(--good-soft)}.node.a-quiet .sign text{fill:var(--good)}
.n-credentials .icon{stroke:var(--k-read-credentials)}.n-admin .icon,.n-admin .name{stroke:none}.n-admin .icon{stroke:var(--bad)}.n-admin .box{stroke:var(--bad)}
.n-group .box{stroke-dasharray:4 3;stroke:var(--edge);fill:var(--sunken)}
.node:focus-visible .box{stroke:var(--accent);stroke-width:3}
.picked .edge{opacity:.07}.picked .edge.on{opacity:1}.picked .node{opacity:.42}.picked .node.on{opacity:1}
.node.chosen .box{stroke:var(--accent);stroke-width:2.4;fill:var(--accent-soft)}
#panel{position:relative;max-height:min(78vh,60rem);overflow:auto;padding:1.1rem 1.2rem;background:var(--surface);border:1px solid var(--line);border-radius:14px;font-size:.93rem;overflow-wrap:anywhere}
#panel h3{padding-right:2.2rem;font-size:1.15rem;overflow-wrap:anywhere}#panel-where{margin-top:.1rem;color:var(--soft);font-size:.86rem;overflow-wrap:anywhere}
#close{position:absolute;top:.75rem;right:.75rem;width:2rem;height:2rem;border:0;border-radius:8px;background:var(--sunken);color:var(--ink);font-size:1.2rem;line-height:1}
#panel .reach th:nth-child(3),#panel .reach td:nth-child(3){display:none}#panel .reach th,#panel .reach td{padding:.4rem .5rem .4rem 0}
#panel .links{list-style:none;padding:0}#panel .links li{padding:.12rem 0}#panel .links button{padding:0;border:0;background:none;color:var(--accent);text-decoration:underline;text-underline-offset:.15em}
.keys{color:var(--soft);font-size:.82rem}kbd{padding:.05rem .35rem;border:1px solid var(--line);border-radius:5px;background:var(--surface);font:inherit}
@media screen and (max-width:1000px){
.stage.beside{grid-template-columns:minmax(0,1fr)}
#panel{position:fixed;inset:auto 0 0 0;z-index:5;max-height:72vh;border-radius:16px 16px 0 0;box-shadow:0 -8px 40px #0006}}`;
