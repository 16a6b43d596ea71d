/** A peer that sends envelopes with a `type`: each may go out several times, on one stream or another, and is to be carried out once. */

import { drawWork, type StrangerOptions } from './old-peer.ts'
import type { Message, RawStream } from './raw-peer.ts'

export async function sendMessages({ world, peer, isOver }: StrangerOptions): Promise<void> {
  const dice = world.dice.split()
  const sent: Message[] = []
  let stream: RawStream | undefined

  while (!isOver()) {
    await world.sleep(dice.between(100, 3000))
    const id = `message-${sent.length}`
    const params = {
      task_type: 'tool.call',
      payload: { tool: 'work_count', args: drawWork(dice) },
      tags: ['messenger', id]
    }
    const message = { type: 'request', method: 'task_submit', params, id, sender: peer.peerId }
    sent.push(message)
    const again = sent[dice.below(sent.length)] ?? message
    for (const one of [message, ...(dice.chance(0.5) ? [message] : []), again]) {
      if (!stream?.isOpen || dice.chance(0.2)) {
        stream?.close()
        stream = await peer.open({ isNewConnection: dice.chance(0.5) }).catch(() => undefined)
      }
      stream?.send(one)
    }
  }
  stream?.close()
}
