/**
 * A tree for reading from the start: each node has leaves first, then subtrees that go deeper the later they come, four of each
 * depth. The layout of Kubo: https://github.com/ipfs/boxo/tree/main/ipld/unixfs/importer/trickle.
 */
import type { Child, FileNodes, Layout, Made } from './file-nodes.ts'

const SUBTREES_OF_A_DEPTH = 4

/** A node that may still get children. */
interface OpenNode {
  children: Child[]
  /** Its subtrees are less deep than this. */
  maxDepth: number
  subtrees: number
}

export function createTrickleLayout(nodes: FileNodes, maxLinks: number): Layout {
  const open = (maxDepth: number): OpenNode => ({ children: [], maxDepth, subtrees: 0 })
  const root = open(Number.POSITIVE_INFINITY)
  /** From the root down to the node that gets the next leaf. */
  const path = [root]

  const close = (made: Made[]) => {
    const closed = path.pop()
    const node = nodes.parent(closed?.children ?? [])
    made.push(node)
    path.at(-1)?.children.push(node.child)
  }

  return {
    isEmpty: () => root.children.length === 0 && path.length === 1,
    place(leaf, made) {
      for (;;) {
        const node = path.at(-1) ?? root
        // Leaves come before subtrees, so that a node with a subtree has all of them.
        if (node.subtrees === 0 && node.children.length < maxLinks) {
          node.children.push(leaf)
          return
        }
        const depth = 1 + Math.floor(node.subtrees / SUBTREES_OF_A_DEPTH)
        if (depth < node.maxDepth) {
          node.subtrees++
          path.push(open(depth))
        } else close(made)
      }
    },
    finish(attributes, made) {
      while (path.length > 1) close(made)
      const node = nodes.parent(root.children, attributes)
      made.push(node)
      return node.child
    }
  }
}
