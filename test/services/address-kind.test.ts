import fc from 'fast-check'
import { expect, test } from 'vitest'
import { kindOfAddress } from '../../src/services/address-kind.ts'

const TABLE: Record<string, string[]> = {
  public: [
    ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'],
    ...['128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.0.3.0'],
    ...['192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '198.51.99.255', '198.51.101.0'],
    ...['203.0.112.255', '203.0.114.0', '223.255.255.255', '2606:4700:4700::1111', '2001:200::1', '2a00::', '3ffe::1'],
    ...['::ffff:8.8.8.8', '::ffff:808:808', '64:ff9b::8.8.8.8', '2002:808:808::1', '::8.8.8.8', '::ffff:0:8.8.8.8']
  ],
  loopback: [
    ...['127.0.0.0', '127.0.0.1', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f00:1'],
    ...[
      '64:ff9b::127.0.0.1',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      '2002:7f00:0001:ffff::1',
      '::127.0.0.1',
      '::ffff:0:127.0.0.1'
    ]
  ],
  private: [
    ...['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255', 'fc00::'],
    ...['fdff:ffff::1', 'fec0::1', '::ffff:10.1.2.3', '::ffff:192.168.1.1', '64:ff9b::10.0.0.1', '2002:c0a8:0101::1']
  ],
  'link-local': [
    ...['169.254.0.0', '169.254.169.254', '169.254.255.255', 'fe80::1', 'febf:ffff::1', 'fe80::1%eth0', '::1%lo'],
    ...['2606:4700::1%1', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::']
  ],
  'carrier-grade NAT': ['100.64.0.0', '100.127.255.255', '::ffff:100.64.0.1'],
  multicast: ['224.0.0.0', '239.255.255.255', 'ff02::1', 'ff0e::1', '::ffff:224.0.0.1'],
  unspecified: ['0.0.0.0', '0.255.255.255', '::', '::ffff:0.0.0.0', '64:ff9b::', '2002::1', '::2'],
  documentation: [
    '192.0.2.0',
    '192.0.2.255',
    '198.51.100.7',
    '203.0.113.7',
    '2001:db8::1',
    '3fff:fff::1',
    '::ffff:192.0.2.1'
  ],
  reserved: [
    ...['192.0.0.0', '192.0.0.255', '192.88.99.1', '198.18.0.0', '198.19.255.255', '240.0.0.0', '255.255.255.255'],
    ...[
      '2001::1',
      '2001:0:4136:e378:8000:63bf:3fff:fdd2',
      '2001:10::1',
      '2001:1ff::',
      '64:ff9b:1::1',
      '100::1',
      '5f00::1'
    ],
    ...['4000::1', '1fff::1', 'fe00::1', '::1:0:0', '::ffff:255.255.255.255']
  ]
}

const rows = Object.entries(TABLE).flatMap(([kind, addresses]) => addresses.map(address => [address, kind]))

test.each(rows)('%s is %s', (address, kind) => {
  expect(kindOfAddress(String(address))).toBe(kind)
})

test.each([
  '',
  'localhost',
  '127.1',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '1.2.3.4.5',
  ':::',
  '[::1]',
  '1.2.3.4 ',
  '::ffff:1.2.3'
])('the text "%s" is no address', text => {
  expect(kindOfAddress(text)).toBeUndefined()
})

test('an IPv4 address has the same kind in every form that carries it', () => {
  const part = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(fc.tuple(part, part, part, part), parts => {
      const plain = parts.join('.')
      const hex = parts.map(value => value.toString(16).padStart(2, '0'))
      const [high, low] = [`${hex[0]}${hex[1]}`, `${hex[2]}${hex[3]}`]
      const forms = [`::ffff:${plain}`, `::ffff:${high}:${low}`, `64:ff9b::${plain}`, `2002:${high}:${low}::1`]
      for (const form of forms) expect(kindOfAddress(form), form).toBe(kindOfAddress(plain))
    })
  )
})
