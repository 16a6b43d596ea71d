/** Bundles src/ into dist/: code-split JavaScript, so that start-up reads few files and tool modules stay lazy. */
import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { manifestFiles } from './manifest-files.js'
import { writeNotices } from './notices.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const { dependencies } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))

/**
 * A dependency is installed beside the package: native parts, and what is large and seldom needed. The rest is bundled, which starts
 * sooner, and is a development dependency. These two are bundled as well, and installed only because the types of the package name them.
 */
const BUNDLED = ['zod', 'multiformats']

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
const { metafile } = await build({
  absWorkingDir: root,
  // The module of a thread or a child lies beside what starts it, in src/ and here: see `new URL(…, import.meta.url)`.
  entryPoints: {
    main: 'src/main.ts',
    index: 'src/index.ts',
    'decoder-child': 'src/decoder-child.ts',
    'sqlite-thread': 'src/services/queue/sqlite-thread.ts',
    'objects-thread': 'src/services/objects/index-thread.ts',
    'tool-child': 'src/tool-child.ts'
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  external: Object.keys(dependencies).filter(name => !BUNDLED.includes(name)),
  plugins: [manifestFiles(`${root}/dist`), englishOnly],
  // Names stay, so that a stack in the log can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  // Bundled CommonJS packages ask for Node's own modules through `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"
  }
})
writeNotices(root, metafile)
await buildDashboard()
