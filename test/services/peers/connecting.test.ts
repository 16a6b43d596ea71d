import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src/core/errors.ts'
import { connectWithRetries } from '../../../src/services/peers/connecting.ts'
import { createManualClock } from '../../helpers/manual-clock.ts'
import { joined, startPeer } from './network.ts'

describe('attempts', () => {
  /** Counts its dials, which all fail. */
  function failing(error: AppError) {
    const dialler = {
      dials: 0,
      dial() {
        dialler.dials++
        return Promise.reject(error)
      }
    }
    return dialler
  }
  const away = new AppError('PEER_UNREACHABLE', 'away')
  const most = { uuid: () => '', bytes: (length: number) => new Uint8Array(length).fill(255) }

  test('are made at growing distances, as many as were asked for', async () => {
    const clock = createManualClock()
    const dialler = failing(away)
    const parts = { dial: dialler.dial, clock, random: most }
    const ended = expect(connectWithRetries(parts, { retries: 2 })).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' })
    const settle = () => new Promise(resolve => setImmediate(resolve))
    await settle()
    clock.advance(249)
    await settle()
    expect(dialler.dials).toBe(1)
    clock.advance(1)
    await settle()
    expect(dialler.dials).toBe(2)
    clock.advance(499)
    await settle()
    expect(dialler.dials).toBe(2)
    clock.advance(1)
    await ended
    expect(dialler.dials).toBe(3)
  })

  test('vary in their distance, so that many nodes do not come at once', async () => {
    const clock = createManualClock()
    const dialler = failing(away)
    const random = { uuid: () => '', bytes: (length: number) => new Uint8Array(length) }
    const ended = expect(connectWithRetries({ dial: dialler.dial, clock, random }, { retries: 1 })).rejects.toThrow()
    await new Promise(resolve => setImmediate(resolve))
    clock.advance(125)
    await ended
    expect(dialler.dials).toBe(2)
  })

  test('end at what another attempt cannot mend', async () => {
    const dialler = failing(new AppError('PEER_MISMATCH', 'another'))
    const parts = { dial: dialler.dial, clock: createManualClock(), random: most }
    await expect(connectWithRetries(parts, { retries: 5 })).rejects.toMatchObject({ code: 'PEER_MISMATCH' })
    expect(dialler.dials).toBe(1)
  })
})

describe('connections', () => {
  test('a peer that is not to be remembered is forgotten when it leaves; a trusted one is not', async () => {
    await using alice = await startPeer()
    await using bob = await startPeer()
    await using carol = await startPeer()
    await joined(alice.peers, bob.peers)
    const known = () => bob.peers.list().map(({ peerId }) => peerId)
    // Carol lets strangers in for a moment.
    await carol.peers.invite({ grant: { tools: [] }, expiresInMs: 60_000 })
    const [multiaddr = ''] = carol.peers.status().addresses
    expect(await bob.peers.connect({ multiaddr }, { remember: false })).toMatchObject({
      attempts: 1,
      status: 'connected'
    })
    await bob.peers.connect({ peerId: alice.peerId }, { remember: false })
    expect(known().sort()).toEqual([alice.peerId, carol.peerId].sort())
    expect(await bob.peers.disconnect(carol.peerId)).toBe(true)
    expect(await bob.peers.disconnect(alice.peerId, { graceful: false })).toBe(true)
    await expect.poll(known).toEqual([alice.peerId])
    expect(await bob.peers.disconnect(alice.peerId)).toBe(false)
  })
})
