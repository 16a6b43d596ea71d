import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 90_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    reporters: ['default'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/api.ts'],
      reporter: ['text-summary', 'html', 'json-summary']
    }
  },
  // The compliance suite of interface-blockstore asks for chai through aegir, which is a whole build system.
  resolve: { alias: { 'aegir/chai': new URL('./test/helpers/chai.ts', import.meta.url).pathname } },
  ssr: { noExternal: ['interface-blockstore-tests'] }
})
