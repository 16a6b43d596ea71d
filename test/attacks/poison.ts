/** Attacks on the shape of an input rather than on a value in it: poisoned keys, and structures that are too much. */
import fc from 'fast-check'

const POISON: readonly [string, unknown][] = [
  ['__proto__', { polluted: true }],
  ['constructor', { prototype: { polluted: true } }],
  ['prototype', { polluted: true }],
  ['toString', 'x'],
  ['hasOwnProperty', 1],
  ['valueOf', 'x'],
  ['toJSON', 'x'],
  ['/', 'bafkqaaa']
]

/** Adds a poisoned key to one object inside the input, as a parser of JSON would: as a member, never as the prototype. */
export const poisoned = fc
  .tuple(fc.constantFrom(...POISON), fc.nat(20))
  .map(([[key, value], place]) => (input: unknown) => {
    const copy: unknown = structuredClone(input)
    const objects = [...objectsIn(copy)]
    const target = objects[place % Math.max(1, objects.length)]
    if (target) Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
    return copy
  })

/** Puts a bomb in the place of one member of the input, or of all of it. */
export const bombed = fc
  .tuple(fc.constantFrom(deep, deepObject, wide, long, many), fc.nat(20))
  .map(([make, place]) => (input: unknown) => {
    const copy: unknown = structuredClone(input)
    const members = [...objectsIn(copy)].flatMap(object => Object.keys(object).map(key => ({ object, key })))
    const target = members[place % (members.length + 1)]
    if (!target) return make()
    Reflect.set(target.object, target.key, make())
    return copy
  })

function* objectsIn(value: unknown): Generator<object> {
  if (typeof value !== 'object' || value === null) return
  yield value
  for (const member of Object.values(value)) yield* objectsIn(member)
}

function deep(): unknown {
  let value: unknown = 1
  for (let depth = 0; depth < 10_000; depth++) value = [value]
  return value
}

function deepObject(): unknown {
  let value: unknown = 1
  for (let depth = 0; depth < 10_000; depth++) value = { a: value }
  return value
}

function wide() {
  return Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key${index}`, index]))
}

function many() {
  return Array.from({ length: 100_000 }, (_, index) => ({ index }))
}

function long() {
  return 'x'.repeat(4_000_000)
}
