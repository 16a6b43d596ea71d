/** What a peer may run, and what runs on a peer. */
import { describe, expect, test } from 'vitest'
import type { ManifestTool } from '../../src/core/catalog.ts'
import type { Evidence, Principal } from '../../src/core/principal.ts'
import { authenticate } from '../../src/runtime/authenticate.ts'
import { createAuthorize } from '../../src/runtime/authorize.ts'
import { targetOf } from '../../src/runtime/forward.ts'

const tool = (name: string, remote: ManifestTool['remote']): ManifestTool =>
  // Nothing else of a tool is looked at here.
  ({ name, remote }) as ManifestTool

const GRANTS: Record<string, string[]> = { bob: ['for_peers', 'for_tasks', 'for_nobody'] }
const authorize = createAuthorize(peerId => GRANTS[peerId])
const may = (one: ManifestTool, evidence: Evidence): boolean => {
  try {
    authorize(one, authenticate(evidence), evidence)
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('p2p invite --tools') })
    return false
  }
}

describe('what a peer may run', () => {
  const bob: Evidence = { kind: 'peer', peerId: 'bob' }
  const bobsTask: Evidence = { kind: 'submitter', principal: authenticate(bob) }
  const mallory: Evidence = { kind: 'peer', peerId: 'mallory' }

  test.each([
    ['for_peers', 'peer', true, true],
    ['for_tasks', 'task', false, true],
    ['for_nobody', 'never', false, false],
    ['not_granted', 'peer', false, false]
  ] as const)('%s, which is for %s: as a call %s, as a task %s', (name, remote, asCall, asTask) => {
    expect(may(tool(name, remote), bob)).toBe(asCall)
    expect(may(tool(name, remote), bobsTask)).toBe(asTask)
    expect(may(tool(name, remote), mallory)).toBe(false)
  })

  test('an id that another transport or a task names is not a peer, and a peer is no user', () => {
    const name = tool('for_nobody', 'never')
    for (const evidence of [{ kind: 'process' }, { kind: 'owner-socket' }, { kind: 'loopback' }] as const) {
      expect(may(name, evidence)).toBe(true)
    }
    expect(authenticate(bob)).toEqual({ kind: 'peer', id: 'peer:bob' })
  })

  test('a grant that is taken back holds no longer, for tasks of before either', () => {
    GRANTS.carol = ['for_peers']
    const carol: Evidence = { kind: 'peer', peerId: 'carol' }
    expect(may(tool('for_peers', 'peer'), carol)).toBe(true)
    delete GRANTS.carol
    expect(may(tool('for_peers', 'peer'), carol)).toBe(false)
    expect(may(tool('for_peers', 'peer'), { kind: 'submitter', principal: authenticate(carol) })).toBe(false)
  })
})

describe('what runs on a peer', () => {
  const user: Principal = { kind: 'local', id: 'local' }
  const forPeers = tool('task_list', 'peer')

  test('a call that names one, without the name', () => {
    expect(targetOf(forPeers, { limit: 3, target_peer_id: 'x' }, user)).toEqual({
      target: { peerId: 'x' },
      args: { limit: 3 }
    })
    expect(targetOf(forPeers, { remote_multiaddr: '/ip4/1.2.3.4/tcp/1', target_peer_id: 'x' }, user)).toEqual({
      target: { peerId: 'x', multiaddr: '/ip4/1.2.3.4/tcp/1' },
      args: {}
    })
  })

  test('no call that names none, and none of a tool that is not for peers', () => {
    expect(targetOf(forPeers, { limit: 3 }, user)).toBeUndefined()
    expect(targetOf(forPeers, undefined, user)).toBeUndefined()
    expect(targetOf(tool('peer_call_tool', 'never'), { target_peer_id: 'x' }, user)).toBeUndefined()
  })

  test('no call of a peer: it would reach a third node with the rights of this one', () => {
    const peer: Principal = { kind: 'peer', id: 'peer:bob' }
    expect(() => targetOf(forPeers, { target_peer_id: 'x' }, peer)).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' })
    )
    expect(targetOf(forPeers, { limit: 3 }, peer)).toBeUndefined()
  })
})
