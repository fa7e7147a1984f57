import type { Config } from '../../platform/config.ts'
import type { DelivererOptions } from './deliverer.ts'

/**
 * The deliverer's options that an operator sets, for one of `threads` on this machine: the threads share the limits.
 */
export function deliverySettings(config: Config, threads = 1) {
  const share = (most: number): number => Math.max(1, Math.floor(most / threads))
  return {
    timeoutMs: config.webhookTimeoutSeconds * 1000,
    perEndpoint: share(config.webhookConnectionsPerEndpoint),
    placesPerEndpoint: share(config.webhookPlacesPerEndpoint),
    maxLanes: share(config.webhookMostLanes),
    leaseMs: config.webhookLeaseSeconds * 1000,
    retrySpanMs: config.webhookRetryHours * 3_600_000,
    retryWaits: { firstMs: config.webhookRetryFirstMs, longestMs: config.webhookRetryLongestSeconds * 1000 },
  } satisfies Partial<DelivererOptions>
}
