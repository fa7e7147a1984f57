import { Gauge, type Registry } from 'prom-client'

export type IncidentReading = { kind: string; channelId?: number | undefined; endpointId?: string | undefined }

/** The open incidents, for alarms of Prometheus. A scrape fails never because of them. */
export function addIncidentGauge(
  registers: Registry[],
  read: () => Promise<readonly IncidentReading[] | undefined>,
): void {
  new Gauge({
    name: 'postern_incidents_known',
    help: '1 while the open incidents are known; 0 when nobody could look for a minute: then postern_incident says nothing.',
    registers,
    aggregator: 'min',
    async collect() {
      this.set((await read().catch(() => undefined)) ? 1 : 0)
    },
  })
  new Gauge({
    name: 'postern_incident',
    help: '1 for each open incident, by kind; channel and endpoint are empty where it is about neither.',
    registers,
    labelNames: ['kind', 'channel', 'endpoint'],
    // Every process of a machine reports the same ones.
    aggregator: 'max',
    async collect() {
      const open = await read().catch(() => undefined)
      this.reset()
      for (const { kind, channelId, endpointId } of open ?? [])
        this.set({ kind, channel: channelId === undefined ? '' : String(channelId), endpoint: endpointId ?? '' }, 1)
    },
  })
}
