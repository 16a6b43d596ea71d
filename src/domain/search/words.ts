/** From text to the words that the index and a query meet in. */
import { stem } from './stem.ts'

/** Words that stand in every sentence and choose no tool. */
const STOP_WORDS = new Set(
  `a an the of to in on at by for from with without into onto as is are was were be been am do does did has have had having
  i me my mine we us our you your it its he she they them their this that these those there here
  and or but if so than then when while right now far already what which who whose where why how will would can could shall should may might must
  please want need like just also again very much more most some any every each other another such only own
  not no nor too up out over under before after during until some something anything everything thing things
  let lets give get got go going make makes made use using used one two via etc`.split(/\s+/)
)

/** Lower-case words and numbers; identifiers are taken apart at `_`, `-` and changes of case. */
export function wordsOf(text: string): string[] {
  const apart = text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .normalize('NFKD')
    .toLowerCase()
  return apart.replace(/\p{M}/gu, '').match(/[\p{L}\p{N}]+/gu) ?? []
}

/** A CID that somebody pasted, whole or abbreviated, speaks of CIDs. */
const CID_TEXT = /^(baf[ykr][a-z2-7]*|qm[1-9a-z]{44})$/

export interface Term {
  stem: string
  /** As it was written. */
  word: string
}

/** The terms that mean something, in order. */
export function termsOf(text: string): Term[] {
  return wordsOf(text)
    .filter(word => !STOP_WORDS.has(word))
    .map(word => ({ word, stem: CID_TEXT.test(word) ? 'cid' : stem(word) }))
}
