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

/** Reasons without `error.reason`, because their `code` has only one cause. */
const SILENT = new Set<Reason>(['validation_failed', 'route_not_found', 'internal'])

/**
 * The answer to a caller for an error. An error that is not a GatewayError is a bug; the answer has no details of it.
 */
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
