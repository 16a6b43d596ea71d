/** Tools on data that is given in the call, through a whole node: they run in threads. */
import { expect, test } from 'vitest'
import { openNode } from '../../helpers/open-node.ts'

const people = [
  { name: 'Ada', age: 36, city: 'London' },
  { name: 'Alan', age: 41, city: 'London' },
  { name: 'Grace', age: null, city: 'New York' }
]

test.each<[string, object, unknown]>([
  ['filter', { column: 'age', condition: '>=', value: 41 }, [people[1]]],
  ['filter', { column: 'age', condition: 'is_null' }, [people[2]]],
  ['filter', { column: 'city', condition: 'in', value: ['Paris', 'New York'] }, [people[2]]],
  ['select', { columns: ['name'] }, [{ name: 'Ada' }, { name: 'Alan' }, { name: 'Grace' }]],
  ['drop', { columns: ['name', 'age'] }, people.map(({ city }) => ({ city }))],
  ['sort', { column: 'age', ascending: false }, [people[1], people[0], people[2]]],
  ['distinct', { columns: ['city'] }, [people[0], people[2]]],
  ['fill_null', { columns: ['age'], value: 85 }, [people[0], people[1], { ...people[2], age: 85 }]],
  ['limit', { count: 1 }, [people[0]]],
  ['rename', { names: { city: 'town' } }, people.map(({ city, ...rest }) => ({ ...rest, town: city }))],
  ['normalize', { column: 'age' }, [{ ...people[0], age: 0 }, { ...people[1], age: 1 }, people[2]]],
  [
    'aggregate',
    { columns: ['city'], column: 'age', summary: 'max' },
    [
      { city: 'London', max_age: 41 },
      { city: 'New York', max_age: null }
    ]
  ]
])('%s %j of records', async (transformation, parameters, data) => {
  await using node = await openNode()
  const input = { data: people, transformation, ...parameters }
  expect(await node.call('transform_data', input)).toMatchObject({ success: true, data })
})

test('nested records become flat, and standardized numbers have mean 0', async () => {
  await using node = await openNode()
  const flat = await node.call('transform_data', { data: [{ a: { b: { c: 1 }, d: [2] } }], transformation: 'flatten' })
  expect(flat.data).toEqual([{ 'a.b.c': 1, 'a.d': [2] }])
  const even = { data: [{ n: 1 }, { n: 3 }], transformation: 'standardize', column: 'n' }
  expect((await node.call('transform_data', even)).data).toEqual([{ n: -1 }, { n: 1 }])
})

test('more records than a result holds come in pages', async () => {
  await using node = await openNode()
  const data = Array.from({ length: 5000 }, (_, id) => ({ id, text: 'x'.repeat(20) }))
  const ids: unknown[] = []
  for (let next: unknown = 0; next !== undefined; ) {
    const page = await node.call('transform_data', { data, transformation: 'sort', column: 'id', first_record: next })
    expect(page).toMatchObject({ success: true, total: 5000, truncated: true })
    for (const record of Array.isArray(page.data) ? page.data : []) ids.push(record.id)
    next = page.next_record
  }
  expect(ids).toEqual(data.map(({ id }) => id))
})

test('a long conversion comes in pages that are the whole text', async () => {
  await using node = await openNode()
  const data = Array.from({ length: 4000 }, (_, id) => ({ id, name: `name ${id}` }))
  let text = ''
  for (let next: unknown = 0; next !== undefined; ) {
    const input = { data, source_format: 'json', target_format: 'csv', offset: next }
    const page = await node.call('convert_format', input)
    text += String(page.data)
    next = page.next_offset
  }
  expect(text.split('\n').length).toBe(4002)
  expect(text.endsWith('\n3999,name 3999\n')).toBe(true)
})

test.each<[string, object, string, string]>([
  ['convert_format', { data: 'x', source_format: 'xlsx', target_format: 'json' }, 'INVALID_INPUT', '/source_format'],
  ['convert_format', { data: [1], source_format: 'json', target_format: 'csv' }, 'INVALID_INPUT', '/data'],
  ['transform_data', { data: people, transformation: 'filter', column: 'agee' }, 'INVALID_INPUT', '/condition'],
  ['transform_data', { data: people, transformation: 'select', columns: ['agee'] }, 'INVALID_INPUT', '/column'],
  ['transform_data', { data: people, transformation: 'lowercase' }, 'INVALID_INPUT', '/data'],
  ['transform_data', { data: 'a text', transformation: 'sort', column: 'a' }, 'INVALID_INPUT', '/data'],
  ['transform_data', { data: people, transformation: 'pivot' }, 'INVALID_INPUT', '/transformation'],
  ['validate_data', { data: people, validation_type: 'rules' }, 'INVALID_INPUT', '/rules'],
  ['validate_data', { data: {}, validation_type: 'schema' }, 'INVALID_INPUT', '/schema'],
  ['validate_data', { data: 'x', validation_type: 'format' }, 'INVALID_INPUT', '/format']
])('%s refuses %j and says where', async (tool, input, error, path) => {
  await using node = await openNode()
  expect(await node.call(tool, input)).toMatchObject({ success: false, error, issues: [{ path }] })
})

test('a schema that cannot be used is said, and problems name their place', async () => {
  await using node = await openNode()
  const schema = { type: 'array', items: { type: 'object', properties: { age: { type: 'integer' } } } }
  const checked = await node.call('validate_data', { data: people, validation_type: 'schema', schema })
  expect(checked).toMatchObject({ valid: false, checked: 3, problem_count: 1, problems: [{ path: '/2/age' }] })
  const odd = { data: {}, validation_type: 'schema', schema: { type: 'nonsense' } }
  expect(await node.call('validate_data', odd)).toMatchObject({ success: false, error: 'UNSUPPORTED' })
})

test('a pattern that would never end is ended with its call, and the next call is served', async () => {
  await using node = await openNode()
  const cancel = new AbortController()
  const input = {
    data: `${'a'.repeat(40)}!`,
    validation_type: 'schema',
    schema: { type: 'string', pattern: '^(a+)+$' }
  }
  const pending = node.call('validate_data', input, cancel.signal)
  setTimeout(() => cancel.abort(), 300)
  expect(await pending).toMatchObject({ success: false, error: 'CANCELLED' })
  expect(await node.call('transform_data', { data: 'A', transformation: 'lowercase' })).toMatchObject({ data: 'a' })
})
