/** Resolves at SIGTERM or SIGINT. A second Ctrl-C means it: the process ends at once. */
export async function untilSignal(): Promise<NodeJS.Signals> {
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
  process.once('SIGINT', () => process.exit(130))
  return signal
}
