/** Who was never invited, and knocks again and again, also with an invitation that another has used. */
import type { StrangerOptions } from './old-peer.ts'

export async function intrude(options: StrangerOptions & { usedLine: string }): Promise<void> {
  const { world, history, peer, isOver, usedLine } = options
  const dice = world.dice.split()
  const succeeds = (trial: Promise<unknown>) =>
    trial.then(
      () => true,
      () => false
    )
  while (!isOver()) {
    await world.sleep(dice.between(100, 5000))
    if (await succeeds(peer.open({ isNewConnection: true }))) history.fault('a stranger has a stream')
    if (await succeeds(peer.join(usedLine))) history.fault('an invitation was used twice')
  }
}
