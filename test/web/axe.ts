import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type Violation = { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }

/** Runs axe over the visible page. Only serious and critical findings fail. */
export async function violationsOf(page: Page): Promise<string[]> {
  // Over the debugger's channel: the page's policy blocks injected scripts.
  await page.evaluate(AXE)
  const found = (await page.evaluate(`axe.run(document, { resultTypes: ['violations'] })`)) as {
    violations: Violation[]
  }
  return found.violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .flatMap((one) =>
      one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)} — ${node.failureSummary.slice(0, 220)}`),
    )
}
