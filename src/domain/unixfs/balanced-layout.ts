/** A tree whose leaves all lie equally deep, and whose nodes are full but for the last of each level. */
import type { Child, FileNodes, Layout, Made } from './file-nodes.ts'

export function createBalancedLayout(nodes: FileNodes, maxLinks: number): Layout {
  /** Children that wait for a parent, the leaves first. A level above begins when one below has more than a node can hold. */
  const levels: Child[][] = []

  const place = (at: number, child: Child, made: Made[]): void => {
    levels[at] ??= []
    if (levels[at].length === maxLinks) join(at, made)
    levels[at].push(child)
  }

  const join = (at: number, made: Made[]): void => {
    const node = nodes.parent(levels[at]?.splice(0) ?? [])
    made.push(node)
    place(at + 1, node.child, made)
  }

  return {
    place: (leaf, made) => place(0, leaf, made),
    isEmpty: () => levels.length === 0,
    finish(attributes, made) {
      // `levels` may grow while this walks up.
      for (let at = 0; at < levels.length - 1; at++) join(at, made)
      const top = levels.at(-1) ?? []
      const [only] = top
      if (only && top.length === 1) return only
      const root = nodes.parent(top, attributes)
      made.push(root)
      return root.child
    }
  }
}
