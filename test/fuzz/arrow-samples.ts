/** Small Arrow data of every layout that is read: fixed widths, texts, lists, structs, dictionaries, views and nulls. */
import {
  Binary,
  Bool,
  Dictionary,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float64,
  Int8,
  Int32,
  Int64,
  List,
  Null,
  Struct,
  Table,
  TimestampMicrosecond,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray
} from 'apache-arrow'

function columns(): Record<string, Vector> {
  const list = new List(new Field('item', new Utf8(), true))
  const pair = new FixedSizeList(2, new Field('item', new Int32(), true))
  const struct = new Struct([new Field('toString', new Int32(), true), new Field('s', new Utf8(), true)])
  return {
    int: vectorFromArray([1, null, 3], new Int32()),
    big: vectorFromArray([1n, 2n, null], new Int64()),
    float: vectorFromArray([1.5, null, 2], new Float64()),
    flag: vectorFromArray([true, null, false], new Bool()),
    text: vectorFromArray(['a', null, 'long'.repeat(5)], new Utf8()),
    bytes: vectorFromArray([Buffer.from('x'), null, Buffer.from('yz')], new Binary()),
    fixed: vectorFromArray([Buffer.from('ab'), null, Buffer.from('cd')], new FixedSizeBinary(2)),
    time: vectorFromArray([1_000_000, null, 2_000_000], new TimestampMicrosecond('UTC')),
    word: vectorFromArray(['x', 'y', 'x'], new Dictionary(new Utf8(), new Int8())),
    list: vectorFromArray([['a'], null, ['b', 'c']], list),
    pair: vectorFromArray([[1, 2], [3, 4], null], pair),
    struct: vectorFromArray([{ toString: 1, s: 'p' }, null, { toString: 2, s: 'q' }], struct),
    none: vectorFromArray([null, null, null], new Null())
  }
}

/** A file and a stream, by name. The groups are small, so that a place of each layout comes soon. */
export function arrowSamples(): Record<string, Buffer> {
  const all = Object.entries(columns())
  const groups = [all.slice(0, 4), all.slice(4, 8), all.slice(8, 10), all.slice(10)]
  return Object.fromEntries(
    groups.flatMap((group, at) =>
      (['file', 'stream'] as const).map(kind => [
        `${kind}-${at}`,
        Buffer.from(tableToIPC(new Table(Object.fromEntries(group)), kind))
      ])
    )
  )
}
