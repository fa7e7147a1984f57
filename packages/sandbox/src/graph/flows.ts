import { Checker, isObject, type Json } from '../checker.ts'
import { DAY_MS, sendWebhook } from '../cloud.ts'
import { GraphError, invalid, noSuchObject } from '../graph-error.ts'
import { objectId } from '../identifiers.ts'
import type { Account, Flow } from '../world.ts'
import { accountFor, seesAccount, type Answer, type Call } from './call.ts'
import { pick, type Node } from './fields.ts'
import { paged } from './paging.ts'

/*
 * Management of flows: created as drafts, published once their JSON is valid, then deprecated. A draft can be deleted.
 * Screens are not run: `submits` answers for the person.
 */

const CATEGORIES = [
  'sign_up',
  'sign_in',
  'appointment_booking',
  'lead_generation',
  'contact_us',
  'customer_support',
  'survey',
  'other',
]
const LISTED = ['id', 'name', 'status', 'categories', 'validation_errors']

type Owned = { account: Account; flow: Flow }

function nodeOf(call: Call, { account, flow }: Owned): Node {
  const { cloud } = call
  const parsed = parsedJson(flow)
  const can = flow.status === 'BLOCKED' ? 'BLOCKED' : 'AVAILABLE'
  return {
    type: 'WhatsAppFlow',
    fields: {
      id: flow.id,
      name: flow.name,
      status: flow.status,
      categories: flow.categories,
      validation_errors: flow.json === undefined ? [] : problemsOf(flow.json),
      json_version: parsed?.['version'],
      data_api_version: parsed?.['data_api_version'],
      data_channel_uri: parsed?.['data_channel_uri'],
      endpoint_uri: flow.endpointUri,
      preview: () => ({
        preview_url: `${cloud.origin}/wa/manage/flows/${flow.id}/preview/?token=${flow.id.slice(-8)}`,
        expires_at: new Date(cloud.clock.now() + 30 * DAY_MS).toISOString().replace(/\.\d+Z$/, '+0000'),
      }),
      whatsapp_business_account: () => ({
        id: account.wabaId,
        name: account.name,
        timezone_id: '1',
        message_template_namespace: `ns_${account.wabaId}`,
      }),
      application: () => ({
        id: cloud.world.app.id,
        name: cloud.world.app.name,
        link: `${cloud.origin}/apps/${cloud.world.app.id}`,
      }),
      health_status: {
        can_send_message: can,
        entities: [
          { entity_type: 'FLOW', id: flow.id, can_send_message: can },
          { entity_type: 'WABA', id: account.wabaId, can_send_message: 'AVAILABLE' },
        ],
      },
      metric: ({ args }: { args: Record<string, string> }) => ({
        name: args['name'] ?? 'ENDPOINT_REQUEST_COUNT',
        granularity: args['granularity'] ?? 'DAY',
        data_points: [],
      }),
    },
  }
}

function parsedJson(flow: Flow): Json | undefined {
  try {
    const value = JSON.parse(flow.json ?? '') as unknown
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

type Problem = {
  error: string
  error_type: string
  message: string
  line_start: number
  line_end: number
  column_start: number
  column_end: number
}

/** Checks the outer shape only: JSON, a version, screens with ids. Meta checks every component. */
function problemsOf(text: string): Problem[] {
  const problem = (error: string, error_type: string, message: string): Problem[] => [
    { error, error_type, message, line_start: 1, line_end: 1, column_start: 1, column_end: 1 },
  ]
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return problem('INVALID_JSON', 'JSON_SCHEMA_ERROR', 'The file is not valid JSON.')
  }
  if (!isObject(json)) return problem('INVALID_PROPERTY_TYPE', 'FLOW_JSON_ERROR', 'The flow must be a JSON object.')
  for (const key of ['version', 'screens']) {
    if (json[key] === undefined)
      return problem('REQUIRED_PROPERTY_MISSING', 'FLOW_JSON_ERROR', `Property '${key}' is required.`)
  }
  const screens = json['screens']
  if (
    !Array.isArray(screens) ||
    screens.length === 0 ||
    !screens.every((s) => isObject(s) && typeof s['id'] === 'string')
  )
    return problem('INVALID_PROPERTY_TYPE', 'FLOW_JSON_ERROR', "Property 'screens' must be a list of screens with ids.")
  return []
}

function categoriesIn(body: Json): string[] {
  const check = new Checker()
  const categories = check.array(body, 'categories', '')
  if (categories.length === 0) throw invalid('Param categories must have at least 1 entry.')
  return categories.map((category, i) =>
    check.word({ category }, 'category', `categories[${i}]`, CATEGORIES).toUpperCase(),
  )
}

function addFlow(call: Call, account: Account, given: Omit<Flow, 'id' | 'status'>): Flow {
  const flow: Flow = { ...given, id: objectId(call.cloud.source, 'flow'), status: 'DRAFT' }
  account.flows = [...(account.flows ?? []), flow]
  call.cloud.world.saveAccount(account)
  tellStatus(call, account, flow, undefined)
  return flow
}

/**
 * `POST /{account}/flows`. With `flow_json` the answer lists its problems. With `publish` the flow is published at
 * once.
 */
export function createFlow(call: Call): Answer {
  const account = accountFor(call, call.path[0]!)
  const { body } = call
  const name = new Checker().string(body, 'name', '', 200)
  if (account.flows?.some((flow) => flow.name === name && flow.status !== 'DEPRECATED')) {
    throw invalid('Flow name must be unique within one WhatsApp Business account.', { subcode: 4016019 })
  }
  const original = body['clone_flow_id'] === undefined ? undefined : flowFor(call, String(body['clone_flow_id'])).flow
  const json = textOf(body['flow_json']) ?? original?.json
  const endpointUri = endpointIn(body) ?? original?.endpointUri
  const flow = addFlow(call, account, {
    name,
    categories: categoriesIn(body),
    ...(endpointUri !== undefined && { endpointUri }),
    ...(json !== undefined && { json }),
  })
  if (body['flow_json'] === undefined) return { body: { id: flow.id } }
  const problems = problemsOf(flow.json!)
  if (String(body['publish']) === 'true' && problems.length === 0) setStatus(call, account, flow, 'PUBLISHED')
  return { body: { id: flow.id, success: problems.length === 0, validation_errors: problems } }
}

/** A form part that contains JSON was decoded before; this makes it text again. */
const textOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value)

function endpointIn(body: Json): string | undefined {
  const check = new Checker()
  const uri = check.optionalString(body, 'endpoint_uri', '')
  if (uri !== undefined) check.uri(uri, 'endpoint_uri')
  return uri
}

export function listFlows(call: Call): Answer {
  const account = accountFor(call, call.path[0]!)
  const fields = call.query.get('fields')
  return {
    body: paged(
      call,
      (account.flows ?? []).map((flow) => pick(nodeOf(call, { account, flow }), fields, LISTED)),
    ),
  }
}

export function findFlow(call: Call, id: string): Owned | undefined {
  for (const account of call.cloud.world.accounts.values()) {
    const flow = account.flows?.find((one) => one.id === id)
    if (flow && seesAccount(call.token, account.wabaId)) return { account, flow }
  }
  return undefined
}

function flowFor(call: Call, id: string): Owned {
  const found = findFlow(call, id)
  if (!found) throw noSuchObject(id, call.method)
  return found
}

export const getFlow = (call: Call): Answer => ({
  body: pick(nodeOf(call, flowFor(call, call.path[0]!)), call.query.get('fields'), LISTED),
})

/** `POST /{flow}`: name, categories, endpoint, app. */
export function updateFlow(call: Call): Answer {
  const { flow, account } = flowFor(call, call.path[0]!)
  const { body } = call
  if (flow.status === 'DEPRECATED') throw cannot(139001, 'A deprecated flow cannot be updated.')
  const name = new Checker().optionalString(body, 'name', '', 200)
  const endpointUri = endpointIn(body)
  if (name !== undefined) flow.name = name
  if (body['categories'] !== undefined) flow.categories = categoriesIn(body)
  if (endpointUri !== undefined) flow.endpointUri = endpointUri
  call.cloud.world.saveAccount(account)
  return { body: { success: true } }
}

/** `POST /{flow}/assets`, multipart with `file`. A published flow cannot be changed. */
export function uploadFlowJson(call: Call): Answer {
  const { flow, account } = flowFor(call, call.path[0]!)
  const { body } = call
  const check = new Checker()
  check.word(body, 'asset_type', '', ['flow_json'])
  check.string(body, 'name', '')
  const text = textOf(body['file'])
  if (text === undefined || text === '') throw invalid('The parameter file is required.')
  if (flow.status !== 'DRAFT') throw cannot(139001, 'Only a flow in DRAFT status can be updated.')
  flow.json = text
  call.cloud.world.saveAccount(account)
  return { body: { success: true, validation_errors: problemsOf(text) } }
}

export function listFlowAssets(call: Call): Answer {
  const { flow } = flowFor(call, call.path[0]!)
  const url = `${call.cloud.origin}/wa/manage/flows/${flow.id}/flow.json`
  const assets = flow.json === undefined ? [] : [{ name: 'flow.json', asset_type: 'FLOW_JSON', download_url: url }]
  return { body: paged(call, assets) }
}

export function publishFlow(call: Call): Answer {
  const { flow, account } = flowFor(call, call.path[0]!)
  if (flow.status !== 'DRAFT') throw cannot(139002, 'Only a flow in DRAFT status can be published.')
  if (flow.json === undefined || problemsOf(flow.json).length > 0)
    throw cannot(139002, 'The flow has validation errors: upload a flow JSON without any.')
  setStatus(call, account, flow, 'PUBLISHED')
  return { body: { success: true } }
}

export function deprecateFlow(call: Call): Answer {
  const { flow, account } = flowFor(call, call.path[0]!)
  if (flow.status !== 'PUBLISHED' && flow.status !== 'THROTTLED')
    throw cannot(139003, 'Only a published flow can be deprecated.')
  setStatus(call, account, flow, 'DEPRECATED')
  return { body: { success: true } }
}

export function deleteFlow(call: Call): Answer {
  const { flow, account } = flowFor(call, call.path[0]!)
  if (flow.status !== 'DRAFT') throw cannot(139004, 'Only a flow in DRAFT status can be deleted.')
  account.flows = account.flows!.filter((one) => one !== flow)
  call.cloud.world.saveAccount(account)
  return { body: { success: true } }
}

/** `POST /{account}/migrate_flows`: drafts with the same names, from another account of the token. */
export function migrateFlows(call: Call): Answer {
  const account = accountFor(call, call.path[0]!)
  const { body } = call
  const check = new Checker()
  const source = accountFor(call, check.string(body, 'source_waba_id', ''))
  const wanted =
    body['source_flow_names'] === undefined ? undefined : check.array(body, 'source_flow_names', '').map(String)
  const migrated: Json[] = []
  const failed: Json[] = []
  for (const name of wanted ?? (source.flows ?? []).map((flow) => flow.name)) {
    const original = source.flows?.find((flow) => flow.name === name)
    if (!original || account.flows?.some((flow) => flow.name === name)) {
      const why = original ? 'The account already has a flow of this name.' : 'There is no flow of this name.'
      failed.push({ source_name: name, error_code: '4233041', error_message: why })
      continue
    }
    const { id, status: _status, ...copy } = structuredClone(original)
    migrated.push({ source_name: name, source_id: id, migrated_id: addFlow(call, account, copy).id })
  }
  return { body: { migrated_flows: migrated, ...(failed.length > 0 && { failed_flows: failed }) } }
}

const cannot = (code: number, why: string): GraphError => new GraphError(code, { details: why })

function setStatus(call: Call, account: Account, flow: Flow, status: Flow['status']): void {
  const before = flow.status
  flow.status = status
  call.cloud.world.saveAccount(account)
  tellStatus(call, account, flow, before)
}

function tellStatus(call: Call, account: Account, flow: Flow, before: string | undefined): void {
  const message =
    before === undefined
      ? `Flow ${flow.name} has been created with ${flow.status} status`
      : `Flow ${flow.name} changed status from ${before} to ${flow.status}`
  sendWebhook(
    call.cloud,
    account,
    undefined,
    'flows',
    {
      event: 'FLOW_STATUS_CHANGE',
      message,
      flow_id: flow.id,
      ...(before !== undefined && { old_status: before }),
      new_status: flow.status,
    },
    `flow ${flow.id}`,
    { timed: true },
  )
}
