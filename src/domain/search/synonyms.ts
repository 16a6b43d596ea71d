/**
 * Words that people use for one another when they speak of data and content addresses. A group says "whoever writes one may mean
 * the others"; a word may be in several. Phrases are joined by `+` and stand for the words after the colon.
 */

import { stem } from './stem.ts'
import { wordsOf } from './words.ts'

const GROUPS = [
  // what is done
  'load open import ingest register parse bring pull',
  'save store write export persist dump output download keep put',
  'fetch retrieve download get obtain grab pull resolve restore read',
  'read show view display print cat open inspect look peek see',
  'list enumerate show browse inventory overview names all',
  'describe profile inspect overview summary statistics metadata info about',
  'stat status info size metadata describe',
  'transform process clean modify edit manipulate change operation',
  'convert transcode translate change turn encode reformat rewrite switch conversion',
  'filter where select keep condition',
  'sort order rank',
  'distinct duplicate deduplicate dedupe unique',
  'aggregate group sum average count total mean',
  'join merge combine',
  'rename relabel',
  'cast type',
  'query sql select ask question analyse analyze analytics duckdb',
  'sample random preview example peek glance subset',
  'split divide partition separate cut break holdout fold train test validation',
  'diff difference compare comparison delta drift reconcile changed equal',
  'publish share release distribute public upload archive',
  'add upload store import put ingest insert',
  'pin keep preserve protect retain hold permanent',
  'unpin release drop undo free',
  'remove delete drop purge discard throw erase',
  'collect gc cleanup clean sweep purge prune reclaim garbage',
  'export pack bundle dump serialize package backup',
  'import unpack restore load ingest',
  'search find discover lookup',
  'call run execute invoke dispatch',
  'verify check validate',
  // what it is done to
  'dataset table data records rows spreadsheet dataframe',
  'row record line entry',
  'column field attribute feature variable',
  'cid hash address identifier link root',
  'dag node merkle ipld linked graph',
  'directory folder tree',
  'file document picture report',
  'archive car bundle backup',
  'block chunk',
  'lineage provenance history origin source ancestry derived audit trace version',
  'schema column type structure field',
  'parameter argument input option',
  'json cbor record object value',
  'parquet arrow csv tsv jsonl format columnar feather',
  'path disk local',
  'url https http web remote link',
  'category group kind area'
]

const PHRASES = [
  'content+address: cid',
  'content+identifier: cid',
  'content+id: cid',
  'data+set: dataset',
  'garbage+collect: gc',
  'unused+block: gc',
  'disk+space: gc',
  'free+space: gc',
  'data+dictionary: describe schema',
  'come+from: lineage',
  'dry+run: gc',
  'null+count: describe',
  'train+test: split',
  'de+duplicate: distinct',
  'byte+range: offset length cat',
  'no+longer: unpin'
]

/** Stem to the stems it may also mean. */
export type Synonyms = ReadonlyMap<string, readonly string[]>

export interface Phrase {
  stems: readonly string[]
  means: readonly string[]
}

export function createSynonyms(groups: readonly string[] = GROUPS): Synonyms {
  const found = new Map<string, Set<string>>()
  for (const group of groups) {
    const stems = stemsOf(group)
    for (const one of stems) {
      const others = found.get(one) ?? new Set()
      for (const other of stems) if (other !== one) others.add(other)
      found.set(one, others)
    }
  }
  return new Map(Array.from(found, ([one, others]) => [one, [...others]]))
}

export function createPhrases(lines: readonly string[] = PHRASES): readonly Phrase[] {
  return lines.map(line => {
    const [phrase = '', means = ''] = line.split(':')
    return { stems: stemsOf(phrase), means: stemsOf(means) }
  })
}

const stemsOf = (text: string) => wordsOf(text).map(stem)
