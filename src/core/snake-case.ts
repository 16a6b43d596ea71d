/** The members of an object under the names that go over a wire: `maxFrameBytes` becomes `max_frame_bytes`. */
export function snakeKeys<V>(members: Readonly<Record<string, V>>): Record<string, V> {
  const named = Object.entries(members).map(([name, value]) => [
    name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
    value
  ])
  return Object.fromEntries(named)
}
