import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

/** Below this a compressed copy saves less than its own headers. */
const WORTH_COMPRESSING_BYTES = 600

/** Adds a brotli and a gzip copy of every file, so that the gateway compresses nothing while it serves. */
function compressedCopies(): Plugin {
  return {
    name: 'compressed-copies',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const [name, file] of Object.entries(bundle)) {
          const source = Buffer.from(file.type === 'chunk' ? file.code : file.source)
          // Pages contain a nonce that differs each time; they are small, and sent uncompressed.
          // A font is compressed already.
          if (/\.(?:html|woff2)$/.test(name) || source.length < WORTH_COMPRESSING_BYTES) continue
          const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }
          this.emitFile({ type: 'asset', fileName: `${name}.br`, source: brotliCompressSync(source, quality) })
          this.emitFile({ type: 'asset', fileName: `${name}.gz`, source: gzipSync(source, { level: 9 }) })
        }
      },
    },
  }
}

/** Adds the licence of the typeface, which has to go where its files go. */
function licenceOfTheTypeface(): Plugin {
  return {
    name: 'licence-of-the-typeface',
    apply: 'build',
    async generateBundle() {
      const source = await readFile(createRequire(import.meta.url).resolve('@fontsource-variable/inter/LICENSE'))
      this.emitFile({ type: 'asset', fileName: 'assets/inter-licence.txt', source })
    },
  }
}

export default defineConfig({
  base: './',
  plugins: [licenceOfTheTypeface(), compressedCopies()],
  build: {
    emptyOutDir: true,
    target: 'es2023',
    // Every asset is a file of its own: the pages' policy allows no inlined scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      // Libraries mark files for servers that render; there is none here, and a thousand such notes would hide a
      // relevant one.
      onLog: (level, log, next) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') next(level, log)
      },
    },
  },
})
