/** Bundles src/ into dist/: code-split JavaScript, so that start-up reads few files and tool modules stay lazy. */
import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const { dependencies } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))

// Native parts and what is large and seldom needed stay packages of their own; the rest is cheaper to start as one bundle.
const external = ['@duckdb/node-api', 'apache-arrow', 'undici', '@modelcontextprotocol/server'].filter(
  name => name in dependencies
)

/** What is read but not run is cheaper as data: JSON is parsed faster from a string than as program text. */
const jsonAsText = {
  name: 'json-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /manifest\.json$/ }, ({ path }) => {
      const text = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')))
      return { contents: `export default JSON.parse(${JSON.stringify(text)})`, loader: 'js' }
    })
  }
}

/** zod brings its messages in some fifty languages; ours are English, which it imports by itself. */
const englishOnly = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: 'export {}', loader: 'js' }))
  }
}

/** The dashboard is for browsers: one script and its files, beside what serves them. */
async function buildDashboard() {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/ui/app.js', 'src/ui/style.css'],
    outdir: 'dist/ui',
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    logLevel: 'warning'
  })
  for (const name of ['index.html', 'icon.svg']) copyFileSync(`${root}/src/ui/${name}`, `${root}/dist/ui/${name}`)
}

rmSync(`${root}/dist`, { recursive: true, force: true })
await build({
  absWorkingDir: root,
  // A thread's module lies beside what starts it, in src/ and here: see `new URL(…, import.meta.url)`.
  entryPoints: {
    main: 'src/main.ts',
    index: 'src/index.ts',
    'decoder-thread': 'src/services/decoders/decoder-thread.ts',
    'sqlite-thread': 'src/services/queue/sqlite-thread.ts',
    'objects-thread': 'src/services/objects/index-thread.ts',
    'tool-thread': 'src/tool-thread.ts'
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  external,
  plugins: [jsonAsText, englishOnly],
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
  // Bundled CommonJS packages ask for Node's own modules through `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"
  }
})
await buildDashboard()
