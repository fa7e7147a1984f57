import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseMessage } from '../../packages/gateway/src/domain/messages/parse.ts'
import { toCloudApi } from '../../packages/gateway/src/domain/messages/to-cloud-api.ts'
import { Checker } from '../../packages/sandbox/src/checker.ts'
import { checkTemplateShape } from '../../packages/sandbox/src/check-template.ts'
import { fillTemplate } from '../../packages/sandbox/src/fill-template.ts'
import { GraphError } from '../../packages/sandbox/src/graph-error.ts'
import type { Template } from '../../packages/sandbox/src/world.ts'
import { checkTemplate } from '../../packages/gateway/src/domain/templates/check-template.ts'
import { readTemplate } from '../../packages/gateway/src/domain/templates/read-template.ts'
import { templates, type Generated, type Json } from './generated-templates.ts'
import { mistakes, type Mistake } from './mistakes.ts'

/** PROPERTY_SEED sets another seed; a failure prints the seed and the smallest case. */
const SEED = Number(process.env.PROPERTY_SEED ?? 20260901)
const RUNS = Number(process.env.PROPERTY_RUNS ?? 15_000)
const WITHIN_MS = 20_000

type Verdict = { code: number | 'ok'; details: string; count: number }

/** Postern's verdict before a send. Undefined: the body is refused with 422 whatever the template is. */
function posternSays({ wire }: Generated, components: Json[]): { verdict: Verdict; body: Json } | undefined {
  const parsed = parseMessage({
    to: '85268411234',
    type: 'template',
    template: { name: wire.name, language: wire.language, components },
  })
  if (!parsed.ok || parsed.message.type !== 'template') return undefined
  const checked = checkTemplate(readTemplate(wire)!, parsed.message.template, parsed.message)
  const body = JSON.parse(JSON.stringify(toCloudApi(parsed.message, { reference: 'msg_1' }))) as Json
  return {
    body,
    verdict: checked.ok
      ? { code: 'ok', details: '', count: 0 }
      : { code: checked.code, details: checked.details, count: checked.fields.length },
  }
}

function sandboxSays({ wire }: Generated, body: Json): Verdict {
  try {
    const check = new Checker()
    checkTemplateShape(check, body, () => true)
    check.settle()
    const { components } = body.template as { components?: Json[] }
    fillTemplate({ ...wire, wabaId: '1', createdAt: 0 } as Template, components ?? [])
    return { code: 'ok', details: '', count: 0 }
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    const { error: told } = error.body('trace') as { error: { code: number; error_data?: { details?: string } } }
    return { code: told.code, details: told.error_data?.details ?? '', count: 1 }
  }
}

function sendOf({ right }: Generated, made: Mistake[]): Json[] {
  const components = structuredClone(right)
  for (const { make, pick } of made) make(components, pick)
  return components
}

type Case = { template: Generated; components: Json[]; ours: Verdict; theirs: Verdict }

/** Where Meta's documentation is open, the two may differ. Everything else must agree. */
const OPEN: { why: string; holds: (one: Case) => boolean }[] = [
  {
    why: 'The limit of a body that is the whole template is 1,024 by the documentation and 32,768 by an older one: the sandbox holds the first, Postern refuses only beyond both.',
    holds: ({ ours, theirs }) => ours.code === 'ok' && theirs.code === 132005,
  },
  {
    why: 'Which code an empty text gets, and whether it is looked at before the template is, is not documented.',
    holds: ({ ours, theirs, components }) =>
      ours.code !== 'ok' && theirs.code === 131008 && JSON.stringify(components).includes('"text":""'),
  },
]

/** Fails on a counterexample, and when the machine was so slow that hardly anything was tested. */
function run<T>(property: fc.IProperty<T>, runs: number): void {
  const options = { seed: SEED, numRuns: runs, interruptAfterTimeLimit: WITHIN_MS }
  const told = fc.check(property, options)
  if (told.failed) fc.assert(property, options)
  assert.ok(told.numRuns >= runs / 10, `${told.numRuns} of ${runs} cases within ${WITHIN_MS} ms`)
}

test('Postern accepts what the sandbox accepts, and refuses what it refuses with the same code', () => {
  let compared = 0
  let refused = 0
  const property = fc.property(templates, mistakes, (template, made) => {
    const components = sendOf(template, made)
    const ours = posternSays(template, components)
    if (!ours) return
    compared++
    const theirs = sandboxSays(template, ours.body)
    if (theirs.code !== 'ok') refused++
    const one = { template, components, ours: ours.verdict, theirs }
    // With several mistakes each side reports the first one that it finds, and Meta's own order is not documented.
    const codesAgree = ours.verdict.count > 1 ? theirs.code !== 'ok' : ours.verdict.code === theirs.code
    if (codesAgree) return
    if (OPEN.some(({ holds }) => holds(one))) return
    assert.fail(JSON.stringify({ ...one, template: template.wire.components }, null, 1))
  })
  run(property, RUNS)
  assert.ok(compared > 500 && refused > 200, `compared ${compared}, refused ${refused}`)
  assert.ok(compared - refused > 100, 'right sends are among them')
})

test('every listed open case is one in which the two differ', () => {
  const wire = (components: Generated['wire']['components']): Generated => ({
    right: [],
    wire: {
      id: '1',
      name: 'a',
      language: 'en',
      status: 'APPROVED',
      category: 'MARKETING',
      parameter_format: 'POSITIONAL',
      components,
    },
  })
  const body = (text: string): Json => ({ type: 'body', parameters: [{ type: 'text', text }] })
  const examples: [Generated, Json[]][] = [
    [wire([{ type: 'BODY', text: 'So {{1}}.' }]), [body('x'.repeat(2_000))]],
    [
      wire([
        { type: 'BODY', text: 'So.' },
        { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Yes' }] },
      ]),
      [{ type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '' }] }],
    ],
  ]
  assert.equal(examples.length, OPEN.length)
  examples.forEach(([template, components], i) => {
    const ours = posternSays(template, components)!
    const theirs = sandboxSays(template, ours.body)
    assert.notEqual(ours.verdict.code, theirs.code)
    assert.ok(OPEN[i]!.holds({ template, components, ours: ours.verdict, theirs }), OPEN[i]!.why)
  })
})

test('both accept the valid send of every template', () => {
  const property = fc.property(templates, (template) => {
    const ours = posternSays(template, template.right)
    assert.ok(ours, JSON.stringify(template))
    assert.equal(ours.verdict.code, 'ok', JSON.stringify({ ...template, ours }))
    assert.equal(sandboxSays(template, ours.body).code, 'ok', JSON.stringify(template))
  })
  run(property, 2_000)
})
