/** What an attacker would put into a slot, by its format. */
import fc from 'fast-check'

/** What stands ready to be attacked. */
export interface Targets {
  /** A file outside the roots. */
  canaryFile: string
  /** Its directory. */
  outside: string
  /** Where a server waits on every loopback address. */
  port: number
  /** A CID that is here. */
  cid: string
}

export function attackOn(format: string, targets: Targets): fc.Arbitrary<unknown> {
  switch (format) {
    case 'x-path':
      return paths(targets)
    case 'x-url':
      return urls(targets)
    case 'x-source':
      return fc.oneof(paths(targets), urls(targets), cids(targets).map(asIpfs), strangeText)
    case 'x-sql':
      return sql(targets)
    case 'x-cid':
      return cids(targets)
    case 'x-cid-path':
      return fc.oneof(
        fc.tuple(cids(targets), paths(targets)).map(([cid, path]) => `${cid}/${path}`),
        resourceUris(targets)
      )
    case 'text':
      return fc.oneof(
        strangeText,
        resourceUris(targets),
        paths(targets),
        urls(targets),
        cids(targets),
        sql(targets),
        patterns
      )
    case 'regex':
      return patterns
    case 'x-multiaddr':
      return fc.oneof(multiaddrs(targets), urls(targets), strangeText)
    case 'x-peer-id':
      return fc.oneof(cids(targets), strangeText)
    default:
      return strangeText
  }
}

/** Addresses that no node should be led to, on this machine only. */
function multiaddrs({ port, canaryFile }: Targets): fc.Arbitrary<string> {
  return fc.constantFrom(
    `/unix/${encodeURIComponent(canaryFile)}`,
    `/ip4/127.0.0.1/tcp/${port}/http`,
    `/ip4/127.0.0.1/udp/${port}/quic-v1`,
    `/ip4/127.0.0.1/tcp/${port}/p2p/nobody`,
    `/ip4/127.0.0.1/tcp/65536`,
    '/memory/1',
    '/ip4/256.0.0.1/tcp/1',
    '/p2p-circuit',
    '/'.repeat(1000)
  )
}

function resourceUris(targets: Targets): fc.Arbitrary<string> {
  const address = fc.oneof(
    paths(targets),
    fc.tuple(cids(targets), paths(targets)).map(([cid, path]) => `${cid}/${path}`),
    fc.constantFrom('people', 'people/../people', '{dataset_id}', '%70eople', '__proto__', targets.cid)
  )
  const query = fc.constantFrom(
    '', '', '?offset=1&length=2', '?offset=-1', '?offset=9007199254740991&length=9007199254740991', '?length=1e9', '?__proto__=1', '?offset=0&offset=9', '#x'
  ) // biome-ignore format: a list of words
  return fc
    .tuple(fc.constantFrom('dataset://', 'ipfs://', 'DATASET://', 'file://', 'resource://', ''), address, query)
    .map(parts => parts.join(''))
}

const asIpfs = (cid: string) => `ipfs://${cid}`

const strangeText = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'CON',
    'NUL.txt',
    ' ',
    '.',
    '..',
    '\u202e',
    '\0'
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
  fc.constantFrom('a', '../', '%00', '\ud800', '{"a":').map(part => part.repeat(40_000))
)

function paths({ canaryFile, outside }: Targets): fc.Arbitrary<string> {
  const climb = fc.constantFrom('../', '..\\', '%2e%2e/', '..%2f', '..%252f', '．．/', '..∕', '..;/', '....//', './../')
  const climbing = fc
    .tuple(
      climb,
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom('outside/canary.csv', 'outside/new.csv', 'etc/passwd')
    )
    .map(([part, times, end]) => part.repeat(times) + end)
  const absolute = fc.constantFrom(
    canaryFile,
    `${outside}/new.csv`,
    `${outside}/new.parquet`,
    `file://${canaryFile}`,
    `//${canaryFile}`,
    `${canaryFile}\0.csv`,
    `people.csv\0${canaryFile}`,
    `~/../../${canaryFile}`,
    `$HOME/../${canaryFile}`
  )
  const special = fc.constantFrom(
    '/etc/passwd', '/proc/self/environ', '/proc/self/mem', '/proc/self/fd/0', '/proc/self/cwd/../outside/canary.csv',
    '/proc/self/root/etc/passwd', '/dev/zero', '/dev/stdin', '/dev/tty', '/dev/fd/1', '/dev/shm/attack.csv', '/sys/kernel'
  ) // biome-ignore format: a list of words
  const planted = fc.constantFrom(
    'link.csv', 'door/canary.csv', 'door/new.csv', 'door/../outside/canary.csv', 'chain/canary.csv', 'circle', 'pipe',
    'bomb.parquet', 'bomb.csv.gz', 'bomb.json', 'dangling.csv', 'door', 'door/.', 'people.csv/../link.csv', 'data/lock', 'data/datasets', 'data', '.'
  ) // biome-ignore format: a list of words
  return fc.oneof(climbing, absolute, special, planted, strangeText)
}

function urls({ port, canaryFile }: Targets): fc.Arbitrary<string> {
  const loopback = [
    'localhost', 'LOCALHOST', 'localhost.', '127.0.0.1', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.1', '017700000001',
    '0177.0.0.1', '127.0.0.1.', '0', '0.0.0.0', '[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]',
    '[::127.0.0.1]', '[64:ff9b::127.0.0.1]', '[2002:7f00:1::]', '１２７.０.０.１', '127。0。0。1', 'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ', '127.255.255.254'
  ] // biome-ignore format: a list of words
  const inner = [
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '100.100.100.200'
  ]
  const host = fc.constantFrom(...loopback, ...inner)
  const scheme = fc.constantFrom('http', 'https', 'HTTP', 'hTTps', 'https:/', 'http:\\')
  const built = fc
    .tuple(
      scheme,
      fc.constantFrom('', '', 'user:pass@', 'example.com@', 'example.com%00@', '@'),
      host,
      fc.constantFrom('', '/x.csv', '/?a#@example.com')
    )
    .map(([start, user, name, end]) => `${start}://${user}${name}:${port}${end}`)
  const other = fc.constantFrom(
    `file://${canaryFile}`, `ftp://127.0.0.1:${port}/`, `gopher://127.0.0.1:${port}/_x`, `data:text/csv,a%0A1`, `ws://127.0.0.1:${port}`,
    `s3://127.0.0.1/x`, `javascript:1`, `blob:http://127.0.0.1:${port}/x`, `unix:/tmp/s`, `//127.0.0.1:${port}/`, 'https://', `/ip4/127.0.0.1/tcp/${port}`
  ) // biome-ignore format: a list of words
  return fc.oneof({ weight: 3, arbitrary: built }, other)
}

function sql({ canaryFile, outside, port }: Targets): fc.Arbitrary<string> {
  const file = `'${canaryFile}'`
  const sources = [
    `read_csv(${file})`, `read_csv_auto(${file})`, `read_text(${file})`, `read_blob(${file})`, `read_json(${file})`, `parquet_scan(${file})`,
    `read_parquet(${file})`, `glob('${outside}/*')`, `sniff_csv(${file})`, file, `"${canaryFile}"`, `'http://127.0.0.1:${port}/x.csv'`,
    `read_csv('http://127.0.0.1:${port}/x.csv')`, `duckdb_settings()`, `duckdb_secrets()`, `pragma_table_info('dataset')`, `information_schema.tables`,
    `sqlite_scan(${file}, 't')`, `query('SELECT 1')`, `query_table('dataset')`, `which_secret('x', 's3')`, `pg_catalog.pg_class`, `arrow_scan(1,2,3)`,
    `duckdb_logs()`, `test_all_types()`, `parquet_metadata(${file})`, `temp.dataset`, `repeat_row(1, num_rows := 10000000000)`, '__step_0', '"__arrow"'
  ] // biome-ignore format: a list of words
  const values = [
    `getenv('HOME')`, `current_setting('temp_directory')`, `(SELECT content FROM read_text(${file}))`, `getvariable('x')`,
    `json_execute_serialized_sql(json_serialize_sql('SELECT 1'))`, `write_log('x')`, `version()`, `current_user`, `pg_sleep(100)`, `nextval('x')`
  ] // biome-ignore format: a list of words
  const statements = [
    `COPY (SELECT 1) TO '${outside}/new.csv'`, `COPY dataset FROM ${file}`, `ATTACH '${outside}/new.db' AS x`, `EXPORT DATABASE '${outside}/new'`,
    `INSTALL httpfs`, `LOAD '${canaryFile}'`, `SET enable_external_access=true`, `PRAGMA database_list`, `CALL duckdb_settings()`, `CREATE TABLE x AS SELECT 1`,
    `DROP VIEW dataset`, `DELETE FROM dataset`, `IMPORT DATABASE '${outside}'`, `VACUUM`, `EXPLAIN ANALYZE SELECT 1`, `SHOW TABLES`, `DESCRIBE dataset`,
    `PREPARE v AS SELECT 1`, `EXECUTE v`, `CHECKPOINT`, `USE x`, `CREATE MACRO f(a) AS a`, `RESET ALL`, `BEGIN`, `PIVOT dataset ON name`, `SUMMARIZE dataset`
  ] // biome-ignore format: a list of words
  const read = fc.oneof(
    fc.constantFrom(...sources).map(source => `SELECT * FROM ${source}`),
    fc.constantFrom(...values).map(value => `SELECT ${value} AS leak FROM dataset`),
    fc.constantFrom(...statements)
  )
  const disguises: ((text: string) => string)[] = [
    text => text,
    text => `SELECT 1; ${text}`,
    text => `${text}; SELECT 1`,
    text => `/* x */ ${text} --`,
    text => text.replaceAll(' ', '/**/ '),
    text => `SELECT * FROM (${text})`,
    text => `WITH dataset AS (${text}) SELECT * FROM dataset`,
    text => `WITH RECURSIVE t AS (${text}) SELECT * FROM t`,
    text => `SELECT * FROM dataset WHERE EXISTS (${text})`,
    text => `SELECT (SELECT a FROM (${text}) AS s(a) LIMIT 1) FROM dataset`,
    text => `SELECT 1 UNION ALL BY NAME (${text})`,
    text => `SELECT 1) AS x, (${text}`,
    text => `SELECT 1 LIMIT (SELECT count(*) FROM (${text}))`,
    text => `SELECT list_transform([1], x -> (${text}))`,
    text => `SELECT * FROM dataset, LATERAL (${text})`,
    text => `FROM (${text}) SELECT *`,
    text => `${'('.repeat(300)}${text}${')'.repeat(300)}`,
    text => text.toUpperCase(),
    text => `${text}\0`,
    text => `\ufeff${text}\u2028`,
    text => `SELECT * FROM dataset ORDER BY (${text}) OFFSET 0`,
    text => `VALUES ((${text}))`
  ]
  const disguise = fc.constantFrom(...disguises)
  const disguised = fc.tuple(read, disguise, disguise).map(([text, inner, outer]) => outer(inner(text)))
  return fc.oneof(
    { weight: 5, arbitrary: disguised },
    strangeText,
    fc.constantFrom(
      `SELECT ${'('.repeat(20_000)}`,
      `SELECT ${'NOT '.repeat(20_000)}true`,
      `SELECT ${'1+'.repeat(30_000)}1`
    )
  )
}

function cids({ cid }: Targets): fc.Arbitrary<string> {
  const known = [
    cid.toUpperCase(), cid.slice(0, -1), `${cid}a`, `ipfs://ipfs://${cid}`, `/ipfs/${cid}`, '../..', 'Qm', 'bafkqaaa', 'bafkqabtimvwgy3yk', 'bafyaa', 'bagaaierasords4',
    'bafyqaaa', 'bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354', 'z', 'f01551200', 'f0171000e', 'f0155000568656c6c6f', 'f01711e20', 'f01550000',
    `f0155${'00'}ff7f${'61'.repeat(60)}`, 'f017200', `b${'a'.repeat(500)}`, `f0155b22020${'00'.repeat(32)}`, 'f01ffffffffffffffffff7f1200', 'k51qzi5uqu5d', '\0'
  ] // biome-ignore format: a list of words
  // Identity hashes carry the block in the CID, so that any decoder can be fed without storing anything.
  const inline = fc
    .tuple(fc.constantFrom('55', '70', '71', 'a902', '72'), fc.uint8Array({ maxLength: 100 }))
    .map(([codec, bytes]) => {
      return `f01${codec}00${bytes.length.toString(16).padStart(2, '0')}${Buffer.from(bytes).toString('hex')}`
    })
  return fc.oneof(fc.constantFrom(...known), inline, fc.string({ minLength: 1, maxLength: 80 }))
}

const patterns = fc.constantFrom(
  '(a+)+$', '(a|a)*$', '(.*)*!', '^(([a-z])+.)+[A-Z]([a-z])+$', '(a{1,1000}){1,1000}', 'a{0,100000}', '((a?){1000})a{1000}', '(?=a)', '(a)\\1', '[', '(', '*',
  '(?P<a>', '\\', `${'('.repeat(5000)}${')'.repeat(5000)}`, '\\pN+\\PN+$', '(?i)'.repeat(9000), `${'a?'.repeat(20_000)}${'a'.repeat(20_000)}`, '\\C*', '\0', "'; DROP VIEW x --"
) // biome-ignore format: a list of words
