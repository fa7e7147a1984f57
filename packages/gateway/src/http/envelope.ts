import { GatewayError, storeError, StoreUnavailable, type Reason } from '../platform/errors.ts'

export type Envelope = {
  status: 'success' | 'error'
  code: number
  message: string
  data: unknown
  error: Record<string, unknown>
}

export function success(data: unknown): Envelope {
  return { status: 'success', code: 200, message: '', data, error: {} }
}

export type Failure = { http: number; retryAfterSeconds: number | undefined; body: Envelope; isBug: boolean }

/** Reasons that stand in `error.reason`, because one `code` covers several causes. The others say all with their code. */
const SILENT = new Set<Reason>(['validation_failed', 'route_not_found', 'internal'])

/** What a caller is told of an error. What is no GatewayError is a bug of ours, and tells nothing of itself. */
export function failure(error: unknown, requestId: string): Failure {
  const known = asGatewayError(error)
  const told = known ?? new GatewayError('internal', { request_id: requestId })
  const data: Record<string, unknown> = { ...told.data }
  if (!SILENT.has(told.reason)) data.reason ??= told.reason
  if (!known) data.request_id = requestId
  return {
    http: told.http,
    retryAfterSeconds: told.retryAfterSeconds,
    body: { status: 'error', code: told.code, message: told.message, data: {}, error: data },
    isBug: !known,
  }
}

function asGatewayError(error: unknown): GatewayError | undefined {
  if (error instanceof GatewayError) return error
  return error instanceof StoreUnavailable ? storeError(error) : undefined
}
