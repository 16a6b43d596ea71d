/** Runs the program with these arguments, in a process of its own, and tells at the end which modules it has loaded. */
import { registerHooks } from 'node:module'

const loaded: string[] = []
registerHooks({
  load(url, context, next) {
    loaded.push(url)
    return next(url, context)
  }
})
process.on('exit', () => process.stdout.write(`\n${JSON.stringify(loaded)}\n`))

await import('../../src/main.ts')
