import { Gauge, type Registry } from 'prom-client'

/** A channel as WhatsApp sees it. `quality`: 3 green, 2 yellow, 1 red. */
export type ChannelReading = {
  channel: string
  quality: number | undefined
  isRestricted: boolean
  isConnected: boolean
}

/** The gauges of channels, for alarms. `read` gives their values when Prometheus asks. */
export function addChannelGauges(registers: Registry[], read: () => ChannelReading[]): void {
  const ofChannel = (
    name: string,
    help: string,
    aggregator: 'min' | 'max',
    pick: (one: ChannelReading) => number | undefined,
  ) =>
    new Gauge({
      name,
      help,
      registers,
      labelNames: ['channel'],
      aggregator,
      collect() {
        this.reset()
        for (const one of read()) {
          const value = pick(one)
          if (value !== undefined) this.set({ channel: one.channel }, value)
        }
      },
    })
  ofChannel(
    'postern_channel_quality',
    'Quality of a number by WhatsApp: 3 green, 2 yellow, 1 red; missing while it is not known.',
    'min',
    ({ quality }) => quality,
  )
  ofChannel('postern_channel_restricted', '1 while WhatsApp restricts a number or its account.', 'max', (one) =>
    Number(one.isRestricted),
  )
  ofChannel('postern_channel_connected', '0 when the business or WhatsApp disconnected a number.', 'min', (one) =>
    Number(one.isConnected),
  )
}
