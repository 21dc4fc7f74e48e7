/**
 * The style of the page. The colours of both themes have a contrast of 4.5 or more. Rows are blocks: Chromium takes a minute
 * to number 5,000 list items of which half are hidden.
 */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#57606a;--line:#d0d7de;--box:#f6f8fa;--bad:#b42318;--good:#116329;--warn:#7a4d00;--link:#0550ae;--del:#ffd7d5;--ins:#c9f0d1}
@media (prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--dim:#9da7b3;--line:#3d444d;--box:#161b22;--bad:#ff8a80;--good:#6fdd8b;--warn:#e3b341;--link:#79c0ff;--del:#67201d;--ins:#12472a}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1rem;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.4rem;margin:0 0 .25rem;overflow-wrap:anywhere}h2{font-size:1rem;margin:.75rem 0 .25rem}h3{font-size:.9rem;margin:.5rem 0 .25rem}
p{margin:.25rem 0;overflow-wrap:anywhere}
.dim{color:var(--dim)}.charts{display:flex;flex-wrap:wrap;gap:1rem;margin:.75rem 0}
figure{margin:0;flex:1 1 15rem;max-width:26rem;border:1px solid var(--line);border-radius:8px;padding:.75rem}figcaption{font-weight:600}
svg{width:100%;height:auto;display:block}svg text{fill:var(--fg);font:12px system-ui,sans-serif}
.f-good{fill:var(--good)}.f-bad{fill:var(--bad)}.f-warn{fill:var(--warn)}.f-link{fill:var(--link)}.f-dim{fill:var(--dim)}
form{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;padding:.5rem 0;background:var(--bg);border-bottom:1px solid var(--line)}
fieldset{display:flex;flex-wrap:wrap;gap:.25rem .75rem;border:0;margin:0;padding:0}legend{float:left;font-weight:600;margin-right:.5rem;padding:0}
label{display:inline-flex;gap:.35rem;align-items:center;min-height:2rem}
select,input[type=search]{font:inherit;min-height:2rem;max-width:16rem;color:inherit;background:var(--box);border:1px solid var(--dim);border-radius:6px;padding:0 .5rem}
input[type=checkbox]{width:1.15rem;height:1.15rem}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
ol{list-style:none;margin:0;padding:0}
li.row{display:block;content-visibility:auto;contain-intrinsic-size:auto 3rem;border-bottom:1px solid var(--line);padding:.25rem 0}
li[hidden]{display:none}
summary{cursor:pointer;padding:.35rem;overflow-wrap:anywhere}
.verdict{font-weight:700}.regression,.failed{color:var(--bad)}.benign,.identical,.passed,.answered{color:var(--good)}.not,.review,.skipped{color:var(--warn)}
.wide{overflow-x:auto}table{border-collapse:collapse}th,td{text-align:left;padding:.2rem .75rem .2rem 0;border-bottom:1px solid var(--line)}
.panel{padding:0 .5rem .75rem}
.sides{display:grid;grid-template-columns:1fr 1fr;gap:.75rem}
.side{min-width:0;border:1px solid var(--line);border-radius:8px;padding:.5rem .75rem;background:var(--box)}
.turn{margin:.5rem 0}
.text{white-space:pre-wrap;overflow-wrap:anywhere;margin:0}
del{background:var(--del);text-decoration:line-through}ins{background:var(--ins);text-decoration:none;font-weight:600}
.tree ul,ul.tree{list-style:none;margin:0;padding-left:1rem;border-left:1px solid var(--line)}.tree code,.change code{overflow-wrap:anywhere}
code{font:13px/1.4 ui-monospace,monospace}
ul.changes{margin:0;padding-left:1.1rem}
@media (max-width:40rem){body{padding:.5rem}.sides{grid-template-columns:1fr}form{position:static}}
@media print{form{display:none}}
`
