import { fuzzMedia } from './media.ts'

/** `npm run test:fuzz -- [inputs] [seed]` */
const [inputs = '20000', seed = String(Date.now() % 1_000_000)] = process.argv.slice(2)
process.stdout.write(`${inputs} media files, seed ${seed}\n`)
const { refused, taken, longestHoldMs, held } = await fuzzMedia(Number(inputs), Number(seed), (text) => {
  process.stdout.write(`${text}\n`)
})
process.stdout.write(
  `${taken} taken, ${refused} refused; the longest hold of the event loop was ${longestHoldMs.toFixed(1)} ms; ${held.length} held it for more than 50 ms\n`,
)
process.exitCode = held.length > 0 ? 1 : 0
