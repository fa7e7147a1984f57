/** The page's whole style. The page's policy contains its hash. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2422; --ground: #fff; --side: #f7f9f8; --line: #dde3e1; --soft: #f4f6f5; --quiet: #5c6663; --link: #0b6b55; --mark: #e2f2ed }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9e7; --ground: #121716; --side: #161c1b; --line: #2d3734; --soft: #1b2220; --quiet: #9faba7; --link: #72d3b8; --mark: #173a31 } }
* { box-sizing: border-box }
html { scroll-padding-top: 1rem }
body { margin: 0; color: var(--ink); background: var(--ground); font: 15px/1.55 "Inter Variable", Inter, system-ui, sans-serif; display: grid; grid-template-columns: 20rem minmax(0, 1fr) }
a { color: var(--link); text-decoration: none }
a:hover, a:focus-visible, main p a { text-decoration: underline; text-underline-offset: .15em }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.25rem 1rem 3rem; background: var(--side); border-right: 1px solid var(--line); font-size: .8rem }
nav h2 { font-size: .75rem; margin: 1.2rem 0 .25rem; padding: 0 .5rem; text-transform: uppercase; letter-spacing: .06em }
nav h2 a { color: var(--quiet) }
nav ul { list-style: none; margin: 0; padding: 0 }
nav li { overflow-wrap: anywhere }
nav li a { display: grid; grid-template-columns: 3.2rem minmax(0, 1fr); align-items: baseline; padding: .18rem .5rem; border-radius: 6px; color: inherit }
nav li a:hover { background: var(--mark); text-decoration: none }
nav .top { display: block; padding: 0 .5rem; font-weight: 700; font-size: 1.05rem; color: inherit }
nav .top:hover { color: var(--link) }
main { padding: 1.75rem clamp(1rem, 4vw, 3rem) 5rem; max-width: 88rem; min-width: 0 }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; letter-spacing: -.01em }
main > h1 { text-transform: capitalize }
nav h2 a[aria-current] { color: var(--link); text-decoration: underline; text-underline-offset: .3em }
.operations { list-style: none; margin: 1rem 0 0; padding: 0; border: 1px solid var(--line); border-radius: 10px }
.operations li { display: grid; grid-template-columns: minmax(0, 26rem) minmax(0, 1fr); gap: .1rem 1.25rem; align-items: baseline; padding: .45rem .9rem; overflow-wrap: anywhere }
.operations li + li { border-top: 1px solid var(--line) }
.operations li:hover { background: var(--soft) }
.operations a { display: grid; grid-template-columns: 4.2rem minmax(0, 1fr); align-items: baseline; color: inherit }
section > h2 { margin: 2.75rem 0 .25rem; font-size: 1.3rem; text-transform: capitalize }
section > h2 a { color: inherit }
section > p { margin: 0; color: var(--quiet) }
article > p { margin: .6rem 0 0 }
article { padding: 2rem 0; border-bottom: 1px solid var(--line) }
h3 { display: flex; gap: .6rem; align-items: baseline; margin: 0; font-size: 1.05rem; overflow-wrap: anywhere }
h4 { margin: 1.4rem 0 .4rem; font-size: .9rem }
code, pre { font: .875em/1.55 ui-monospace, "SF Mono", Menlo, Consolas, monospace }
p code { padding: .1em .3em; border-radius: 4px; background: var(--soft) }
pre { overflow: auto; margin: .4rem 0; padding: .8rem 1rem; background: var(--soft); border: 1px solid var(--line); border-radius: 10px }
small, i, .auth { color: var(--quiet); font-style: normal; font-size: .82rem }
.method { font: 650 .7rem/1 ui-monospace, "SF Mono", Menlo, Consolas, monospace; letter-spacing: .02em; flex: none }
.get { color: #17568f } .post { color: #1b6b36 } .put, .patch { color: #8a4b00 } .delete { color: #b3261e } .event { color: #7a3db8 }
@media (prefers-color-scheme: dark) {
  .get { color: #8fc4f3 } .post { color: #86d6a5 } .put, .patch { color: #f0b45e } .delete { color: #ff9b93 } .event { color: #cfa5f5 }
}
dl { margin: .3rem 0; padding-left: .9rem; border-left: 2px solid var(--line) }
dt { margin-top: .5rem; overflow-wrap: anywhere }
dd { margin: 0 0 0 1rem }
dd, .leaf, .choice { font-size: .92rem }
.leaf, .choice { margin: .3rem 0 }
dt b { font-size: .75rem; color: #b3261e }
@media (prefers-color-scheme: dark) { dt b { color: #ff9b93 } }
summary { cursor: pointer }
.answers { margin: 0; padding: 0; list-style: none; font-size: .92rem }
.answers li { display: grid; grid-template-columns: 3rem minmax(0, 1fr); padding: .15rem 0; overflow-wrap: anywhere }
[hidden] { display: none !important }
@media (scripting: enabled) { .tools[hidden] { display: grid !important; visibility: hidden } }
.tools { display: grid; gap: .25rem; margin: .9rem 0 0; padding: 0 .5rem }
.tools label { font-size: .75rem; color: var(--quiet); margin-top: .4rem }
.tools p { margin: 0; font-size: .75rem; color: var(--quiet) }
kbd { font: .7rem/1 ui-monospace, monospace; border: 1px solid var(--line); border-radius: 3px; padding: 0 .3rem }
input, select, textarea, button { font: inherit; color: inherit; background: var(--ground); border: 1px solid #8888; border-radius: 8px; padding: .4rem .65rem; max-width: 100% }
textarea { font: .85rem/1.5 ui-monospace, monospace; width: 100%; min-height: 10rem }
button { cursor: pointer; background: var(--link); border-color: var(--link); color: var(--ground); font-weight: 600 }
button:disabled { opacity: .6 }
input:focus-visible, select:focus-visible, textarea:focus-visible, button:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 6px }
.try { margin-top: 1rem }
.try form { display: grid; gap: .5rem; margin-top: .6rem; justify-items: start }
.try label { font-size: .85rem; display: grid; gap: .2rem; width: 100% }
.try output { white-space: pre-wrap; overflow-wrap: anywhere; font: .85rem/1.5 ui-monospace, monospace; width: 100%; max-height: 30rem; overflow: auto }
.samples h4 { margin-top: 0 }
@media (min-width: 82rem) {
  article { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 27rem); column-gap: 2.5rem }
  article > * { grid-column: 1; min-width: 0 }
  article > .samples { grid-column: 2; grid-row: 1 / span 40; position: sticky; top: 1.5rem; align-self: start }
}
@media (max-width: 60rem) {
  .operations li { display: block }
}
@media (max-width: 50rem) {
  body { display: block }
  nav { position: static; height: auto; max-height: 19rem; padding-bottom: 1rem; border-right: 0; border-bottom: 1px solid var(--line) }
}
`
