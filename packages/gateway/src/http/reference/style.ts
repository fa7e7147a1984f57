/** The page's whole style. The page's policy contains its hash. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8883; --soft: #8881; --quiet: #666; --link: #0b5c4a }
@media (prefers-color-scheme: dark) { :root { --quiet: #aaa; --link: #7fd6bd } }
* { box-sizing: border-box }
html { scroll-padding-top: 1rem }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; display: grid; grid-template-columns: 21rem minmax(0, 1fr) }
a { color: var(--link); text-decoration: none }
a:hover, a:focus-visible, main p a { text-decoration: underline }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem; border-right: 1px solid var(--line); font-size: .85rem }
nav h2 { font-size: .8rem; margin: 1.2rem 0 .3rem; text-transform: uppercase; letter-spacing: .05em }
nav ul { list-style: none; margin: 0; padding: 0 }
nav li { overflow-wrap: anywhere; padding: .1rem 0 }
nav li a { display: grid; grid-template-columns: 3.6rem minmax(0, 1fr); align-items: baseline }
nav .top { font-weight: 600; font-size: 1rem }
main { padding: 1.5rem clamp(1rem, 4vw, 3rem); max-width: 60rem; min-width: 0 }
h1 { margin: 0 }
main > h1 { text-transform: capitalize }
nav h2 a[aria-current] { text-decoration: underline; text-underline-offset: .3em }
.operations { list-style: none; padding: 0 }
.operations li { padding: .2rem 0; overflow-wrap: anywhere }
section > h2 { margin: 3rem 0 0; text-transform: capitalize; border-bottom: 1px solid var(--line) }
article { padding: 1.5rem 0; border-bottom: 1px solid var(--line) }
h3 { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere }
h4 { margin: 1.2rem 0 .4rem; font-size: .95rem }
code, pre { font: .9em/1.5 ui-monospace, monospace }
pre { overflow: auto; padding: .8rem 1rem; background: var(--soft); border-radius: 6px }
small, i, .auth { color: var(--quiet); font-style: normal; font-size: .85rem }
.method { font: 600 .75rem/1 ui-monospace, monospace; display: inline-block; min-width: 3.4rem }
.get { color: #1769aa } .post { color: #1b7a3d } .put, .patch { color: #96590a } .delete { color: #b3261e } .event { color: #7a3db8 }
@media (prefers-color-scheme: dark) {
  .get { color: #7cc0f5 } .post { color: #7bd69a } .put, .patch { color: #f0b45e } .delete { color: #ff9b93 } .event { color: #cfa5f5 }
}
dl { margin: .3rem 0; padding-left: .8rem; border-left: 2px solid var(--line) }
dt { margin-top: .4rem; overflow-wrap: anywhere }
dd { margin: 0 0 0 1rem }
dd, .leaf, .choice { font-size: .92rem }
.leaf, .choice { margin: .3rem 0 }
dt b { font-size: .75rem; color: #b3261e }
@media (prefers-color-scheme: dark) { dt b { color: #ff9b93 } }
summary { cursor: pointer }
.answers { padding-left: 1.2rem; font-size: .92rem }
[hidden] { display: none !important }
.tools { display: grid; gap: .3rem; margin: .8rem 0 }
.tools label { font-size: .8rem; color: var(--quiet); margin-top: .3rem }
.tools p { margin: 0; min-height: 1.2rem; font-size: .8rem; color: var(--quiet) }
kbd { font: .75rem/1 ui-monospace, monospace; border: 1px solid var(--line); border-radius: 3px; padding: 0 .3rem }
input, select, textarea, button { font: inherit; color: inherit; background: Canvas; border: 1px solid #8888; border-radius: 6px; padding: .35rem .6rem; max-width: 100% }
textarea { font: .85rem/1.5 ui-monospace, monospace; width: 100%; min-height: 10rem }
button { cursor: pointer; background: var(--link); border-color: var(--link); color: Canvas; font-weight: 600 }
button:disabled { opacity: .6 }
input:focus-visible, select:focus-visible, textarea:focus-visible, button:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
.try { margin-top: 1rem }
.try form { display: grid; gap: .5rem; margin-top: .6rem; justify-items: start }
.try label { font-size: .85rem; display: grid; gap: .2rem; width: 100% }
.try output { white-space: pre-wrap; overflow-wrap: anywhere; font: .85rem/1.5 ui-monospace, monospace; width: 100%; max-height: 30rem; overflow: auto }
@media (max-width: 50rem) {
  body { display: block }
  nav { position: static; height: auto; max-height: 40vh; border-right: 0; border-bottom: 1px solid var(--line) }
}
`
