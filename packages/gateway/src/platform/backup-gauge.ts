import { Gauge, type Registry } from 'prom-client'

/** Missing where no backup is scheduled, and until the first good one. */
export function addBackupGauge(registers: Registry[], read: () => number | undefined): void {
  new Gauge({
    name: 'postern_backup_last_success_timestamp_seconds',
    help: 'Time of the last good scheduled backup, in Unix seconds; missing while there is none.',
    registers,
    labelNames: ['engine'],
    // Only one thread of a machine makes them.
    aggregator: 'max',
    collect() {
      const at = read()
      this.reset()
      if (at !== undefined) this.set({ engine: 'sqlite' }, at / 1000)
    },
  })
}
