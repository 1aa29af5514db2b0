/** On paper: light, without what cannot be pressed, and with everything open. */
export const PRINT_STYLE = `
@page{margin:14mm}
@media print{
:root,:root[data-theme=dark]{color-scheme:light;--ground:#fff}
body{padding:0;max-width:none;font-size:10.5px;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.filter,.keys,.skip,#panel,#theme{display:none!important}
section{margin-top:1.4rem}h1{font-size:1.7rem}h2,h3,h4,summary{break-after:avoid}
.stage,.stage.beside{display:block}.canvas{max-height:none;overflow:visible;border:0}.graph{width:100%;height:auto}
.scroll{overflow:visible}tr,.path li,.claims li,.example,.figures{break-inside:avoid}
details.printed::details-content{content-visibility:visible;block-size:auto}
details.agent{border-radius:6px}summary::before{display:none}
.picked .edge,.picked .node,.dense .edge{opacity:1}
a{color:inherit;text-decoration:none}}`;
