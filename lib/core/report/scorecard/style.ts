/** What a scorecard needs besides the style of the reviews' pages. */
export const SCORE_STYLE = `
.lead{max-width:46em;font-size:1.02rem;color:var(--soft)}
.ladder{display:grid;grid-template-columns:repeat(4,1fr);gap:.7rem;align-items:end;margin:0;padding:0;list-style:none}
.ladder li{display:flex;flex-direction:column;justify-content:space-between;gap:.5rem;padding:.9rem 1.1rem;background:var(--surface);border:1px solid var(--line);border-top:4px solid var(--edge);border-radius:12px}
.ladder li:nth-child(1){min-height:9.5rem}.ladder li:nth-child(2){min-height:11.5rem}.ladder li:nth-child(3){min-height:13.5rem}.ladder li:nth-child(4){min-height:15.5rem}
.ladder .here{border-top-color:var(--good)}.ladder .held{border-top-color:var(--open)}
.ladder b{font-size:1.5rem;font-variant-numeric:tabular-nums}.ladder span{color:var(--soft);font-size:.85rem}.ladder strong{font-size:.95rem}
.cards{display:flex;flex-wrap:wrap;gap:.7rem}.card{flex:1 1 15rem;padding:.9rem 1.1rem;background:var(--surface);border:1px solid var(--line);border-radius:12px}
.card h3{display:flex;justify-content:space-between;gap:1rem}.card p{color:var(--soft);font-size:.88rem}
.level{display:inline-block;padding:.05rem .6rem;border-radius:99px;font-size:.78rem;font-weight:650;white-space:nowrap}
.l0{background:var(--bad-soft);color:var(--bad)}.l1,.l2{background:var(--open-soft);color:var(--open)}.l3,.l4{background:var(--good-soft);color:var(--good)}
.steps{padding:0;list-style:none;counter-reset:step}
.steps li{counter-increment:step;position:relative;margin:0 0 .7rem;padding:.9rem 1.1rem .9rem 3.2rem;background:var(--surface);border:1px solid var(--line);border-radius:12px}
.steps li::before{content:counter(step);position:absolute;left:1.1rem;top:.9rem;font-weight:650;color:var(--soft)}
.steps pre{margin:.5rem 0 0;padding:.5rem .8rem;background:var(--sunken);border-radius:8px;overflow-x:auto;white-space:pre-wrap}
.effort{color:var(--soft);font-size:.82rem}
.matrix{position:relative}.matrix th,.matrix td{padding:.3rem .35rem;text-align:center}.matrix tbody td{min-width:1.55rem}.matrix th:first-child{text-align:left;white-space:nowrap;position:sticky;left:0;background:var(--surface)}
.matrix thead .name{writing-mode:vertical-rl;transform:rotate(180deg);font-weight:400;padding:.5rem .2rem;height:11rem;text-align:left}
.matrix .first{border-left:2px solid var(--edge)}.matrix thead .name.first{border-left:0;border-right:2px solid var(--edge)}
.m-met{background:var(--good-soft);color:var(--good)}.m-missing{background:var(--bad-soft);color:var(--bad)}.m-excepted{background:var(--open-soft);color:var(--open)}.m-unsupported{background:var(--sunken);color:var(--soft)}.m-not-applicable{color:var(--soft)}
.key{display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;margin:.8rem 0 0;padding:0;list-style:none;color:var(--soft);font-size:.85rem}.key b{display:inline-block;min-width:1.5rem;text-align:center;border-radius:4px}
details.agent{margin:0 0 .5rem;background:var(--surface);border:1px solid var(--line);border-radius:12px}
details.agent>summary{display:flex;flex-wrap:wrap;gap:.4rem 1rem;align-items:center;padding:.7rem 1.1rem;cursor:pointer;font-weight:650}
details.agent>div{padding:0 1.1rem 1rem;overflow-x:auto}
.trend{width:100%;max-width:44rem;height:auto}.trend text{font-size:11px;fill:var(--soft)}
@media(max-width:48rem){.ladder{grid-template-columns:1fr}.ladder li{min-height:0!important}.matrix{display:table}.matrix thead{display:table-header-group}.matrix tbody{display:table-row-group}.matrix tr{display:table-row}.matrix td,.matrix th{display:table-cell;width:auto}}
@media print{.cards,.ladder{break-inside:avoid}.steps li,.card{break-inside:avoid}details.agent>div{display:block}.matrix{font-size:.6rem}.scroll{overflow:visible}}`;
