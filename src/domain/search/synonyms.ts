/**
 * Words that people use for one another when they speak of data and content addresses. Words of one line may mean each other; a
 * word may stand in several lines. `SAME` are names for one thing, `AKIN` only often go together.
 */
import { stem } from './stem.ts'
import { wordsOf } from './words.ts'

const SAME = [
  'distinct duplicate deduplicate dedupe dedup',
  'convert transcode translate reformat reencode encode conversion',
  'aggregate group sum average total mean',
  'sort order rank',
  'join merge combine',
  'select pick choose',
  'filter where condition',
  'diff difference compare comparison delta reconcile drift',
  'split divide partition separate',
  'lineage provenance history origin ancestry derived audit trace',
  'list enumerate inventory listing',
  'describe profile',
  'gc garbage cleanup sweep purge prune reclaim',
  'pin keep preserve protect retain permanent',
  'publish share release distribute',
  'load ingest import',
  'read decode deserialize',
  'save persist write',
  'random chance',
  'directory folder',
  'dataset table dataframe',
  'record row',
  'column field attribute',
  'cid hash multihash',
  'kind type',
  'size bytes big',
  'minimum min extreme maximum max',
  'null missing empty',
  'unpinned unused unreferenced',
  'part piece fraction ratio percent',
  'link url',
  'parameter argument',
  'tool operation function command',
  'category area',
  'task job work',
  'queue backlog',
  'submit enqueue schedule',
  'cancel abort kill',
  'priority prioritize reprioritize urgent urgency importance',
  'retry rerun repeat resubmit redo',
  'pause suspend freeze halt',
  'resume unpause continue',
  'result outcome answer',
  'clear wipe empty flush',
  'cache memoize remember',
  'expire expiry ttl',
  'docx word',
  'xlsx excel workbook sheet',
  'pptx powerpoint slides presentation deck',
  'epub ebook book chapters',
  'email mail eml letter inbox',
  'html page webpage website',
  'zip tar tarball gzip tgz rar',
  'unpack unzip untar extract decompress inflate unarchive',
  'detect identify recognize sniff determine',
  'mismatch misleading mislabeled wrong lie fake disguised',
  'checksum sha256 digest',
  'download wget curl',
  'crawl warc crawled crawler',
  'capture captured snapshot',
  'cdxj cdx'
]

const AKIN = [
  'load read open register parse bring pull start',
  'save store export dump output download keep put',
  'fetch retrieve download get obtain grab pull resolve restore read',
  'read show view display print cat open inspect look peek see',
  'list show browse overview names all available existing loaded',
  'describe inspect overview summary statistics metadata info about',
  'stat status info size metadata describe',
  'transform process clean modify edit manipulate change operation apply',
  'convert change turn rewrite switch make',
  'distinct unique',
  'aggregate count per',
  'rename relabel',
  'cast type',
  'query sql select ask question analyse analyze analytics duckdb find lookup',
  'sql highest lowest top largest smallest maximum minimum many total count average',
  'sample random preview example peek glance subset head',
  'split cut break holdout fold train test validation',
  'diff changed modified equal',
  'publish public upload archive colleague team others',
  'add upload store import put ingest insert',
  'pin hold backup',
  'unpin release drop undo free stop unprotect',
  'remove delete drop purge discard throw erase removal',
  'gc collect clean space',
  'export pack bundle dump serialize package backup',
  'import unpack restore',
  'search find discover',
  'call run execute invoke dispatch',
  'verify check validate',
  'dataset data records rows spreadsheet',
  'row line entry',
  'column feature variable',
  'cid address identifier root',
  'dag node merkle ipld linked graph structured',
  'value object structured',
  'directory tree children entries contents inside',
  'file document picture report',
  'document text words pdf paper contract attachment',
  'wait until pause finished',
  'complete fail failed mark',
  'xlsx spreadsheet',
  'zip archive',
  'metadata author title properties',
  'checksum hash',
  'format type kind extension mime',
  'web internet website',
  'archive car bundle backup usb offline transfer',
  'lineage source version reproduce steps',
  'schema column type structure field',
  'schema specification',
  'option input parameter',
  'json cbor record object value',
  'parquet arrow csv tsv jsonl format columnar feather',
  'path disk local',
  'url https http web remote',
  'category group kind',
  'task background',
  'submit start run put add send dispatch later',
  'status progress state far running why',
  'error fail failed wrong',
  'cancel stop end',
  'wait block poll until',
  'complete completed finish finished done ended end',
  'result output finished',
  'priority front bump move order',
  'retry again',
  'pause hold stop maintenance',
  'resume again start maintenance',
  'clear throw purge forget remove cancel',
  'stats throughput busy health average length many',
  'claim take next lease pick poll get',
  'release give return back put',
  'register announce join sign add',
  'unregister leave retire drain remove shutdown',
  'worker pool',
  'heartbeat renew alive report',
  'concurrent once parallel',
  'cache key value',
  'expire time hour',
  'has exist there whether',
  'heartbeat reachable alive ping online'
]

/** Words that mean something together; `:` divides them from what they mean. Small words count here. */
const PHRASES = [
  'content address: cid',
  'content identifier: cid',
  'content id: cid',
  'data set: dataset',
  'tab separated: tsv',
  'comma separated: csv',
  'newline delimited: jsonl',
  'json lines: jsonl',
  'garbage collect: gc',
  'unused blocks: gc',
  'disk space: gc',
  'free space: gc',
  'data dictionary: describe',
  'come from: lineage',
  'came from: lineage',
  'null counts: describe',
  'train test: split',
  'de duplicate: distinct',
  're encode: convert',
  'byte range: offset',
  'no longer: unpin',
  'any longer: unpin',
  'how many: count',
  'look into: list',
  'bring in: import',
  'get in: load',
  'have loaded: list',
  'are loaded: list',
  'is loaded: list',
  'right now: list',
  'so far: list',
  'is available: list',
  'already got: list',
  'call off: cancel',
  'out of service: unregister',
  'how far: progress status',
  'once more: again resume retry',
  'at once: concurrent',
  'doing right now: status',
  'is doing: status',
  'work is done: complete',
  'without network: car export import',
  'missing values: null filter drop',
  'archive root: directory cid ls',
  'file listing: ls',
  'by archive: car import',
  'web archive: warc crawl',
  'nothing new: pause',
  'jobs a worker: concurrent register',
  'loaded data: dataset describe',
  'actually a: detect type',
  'captured urls: warc index',
  'content archive: car import',
  'content is held: pin list',
  'file or a directory: stat kind',
  'wait before: stats',
  'which tool: search',
  'what parameters: schema',
  'which parameters: schema'
]

export interface Synonym {
  stem: string
  isSame: boolean
}

/** Stem to what it may also mean. */
export type Synonyms = ReadonlyMap<string, readonly Synonym[]>

export interface Phrase {
  stems: readonly string[]
  means: readonly string[]
}

export function createSynonyms(same: readonly string[] = SAME, akin: readonly string[] = AKIN): Synonyms {
  const found = new Map<string, Map<string, boolean>>()
  const gather = (group: string, isSame: boolean) => {
    const stems = stemsOf(group)
    for (const one of stems) {
      const others = found.get(one) ?? new Map<string, boolean>()
      for (const other of stems) if (other !== one) others.set(other, isSame || others.get(other) === true)
      found.set(one, others)
    }
  }
  for (const group of same) gather(group, true)
  for (const group of akin) gather(group, false)
  return new Map(
    Array.from(found, ([one, others]) => [one, Array.from(others, ([stem, isSame]) => ({ stem, isSame }))])
  )
}

export function createPhrases(lines: readonly string[] = PHRASES): readonly Phrase[] {
  return lines.map(line => {
    const [phrase = '', means = ''] = line.split(':')
    return { stems: stemsOf(phrase), means: stemsOf(means) }
  })
}

const stemsOf = (text: string) => wordsOf(text).map(stem)
