/** As many items as a result may hold, counted as JSON. */

export interface ItemPage<T> {
  items: T[]
  returned: number
  total: number
  truncated: boolean
  /** Index of the first item of the next page. */
  next: number | undefined
}

/** At least one item, if there is one from `first` on. */
export function pageOf<T>(all: readonly T[], first: number, limit: number, maxBytes: number): ItemPage<T> {
  const items: T[] = []
  let bytes = 0
  for (const item of all.slice(first, first + limit)) {
    bytes += Buffer.byteLength(JSON.stringify(item) ?? 'null') + 1
    if (items.length > 0 && bytes > maxBytes) break
    items.push(item)
  }
  const next = first + items.length
  return {
    items,
    returned: items.length,
    total: all.length,
    truncated: items.length < all.length,
    next: next < all.length ? next : undefined
  }
}
