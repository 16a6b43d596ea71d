/**
 * What kind of place an IP address is, after the IANA special-purpose registries. Pure. Only `public` addresses are for
 * anyone; an address that carries an IPv4 address inside is judged by that one.
 */
import { isIP } from 'node:net'

export type AddressKind =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'multicast'
  | 'unspecified'
  | 'carrier-grade NAT'
  | 'documentation'
  | 'reserved'

type Range = [prefix: bigint, length: number, kind: AddressKind | 'embedded']

const range = (cidr: string, kind: Range[2]): Range => {
  const [address = '', length] = cidr.split('/')
  return [parse(address)?.value ?? 0n, Number(length), kind]
}

const IPV4_RANGES = [
  range('0.0.0.0/8', 'unspecified'),
  range('10.0.0.0/8', 'private'),
  range('100.64.0.0/10', 'carrier-grade NAT'),
  range('127.0.0.0/8', 'loopback'),
  range('169.254.0.0/16', 'link-local'),
  range('172.16.0.0/12', 'private'),
  range('192.0.0.0/24', 'reserved'),
  range('192.0.2.0/24', 'documentation'),
  range('192.88.99.0/24', 'reserved'),
  range('192.168.0.0/16', 'private'),
  range('198.18.0.0/15', 'reserved'),
  range('198.51.100.0/24', 'documentation'),
  range('203.0.113.0/24', 'documentation'),
  range('224.0.0.0/4', 'multicast'),
  range('240.0.0.0/4', 'reserved')
]

// The first match counts, so a part of a range stands before the range.
const IPV6_RANGES = [
  range('::/128', 'unspecified'),
  range('::1/128', 'loopback'),
  range('::/96', 'embedded'),
  range('::ffff:0:0/96', 'embedded'),
  range('::ffff:0:0:0/96', 'embedded'),
  range('64:ff9b::/96', 'embedded'),
  range('2001:db8::/32', 'documentation'),
  // Teredo stands in here too: where a packet ends is up to a relay, whatever the address says.
  range('2001::/23', 'reserved'),
  range('2002::/16', 'embedded'),
  range('3fff::/20', 'documentation'),
  range('2000::/3', 'public'),
  range('fc00::/7', 'private'),
  range('fe80::/10', 'link-local'),
  range('fec0::/10', 'private'),
  range('ff00::/8', 'multicast')
]

/** `undefined` if the text is not an address. Text with a zone (`%eth0`) names a link of this machine. */
export function kindOfAddress(text: string): AddressKind | undefined {
  const address = parse(text)
  if (!address) return undefined
  if (text.includes('%')) return 'link-local'
  return address.bits === 32 ? kindOfIpv4(address.value) : kindOfIpv6(address.value)
}

function kindOfIpv4(value: bigint): AddressKind {
  const [, , kind = 'public'] = IPV4_RANGES.find(entry => contains(entry, value, 32)) ?? []
  // No IPv4 range is of the embedded kind.
  return kind === 'embedded' ? 'reserved' : kind
}

function kindOfIpv6(value: bigint): AddressKind {
  const [, , kind = 'reserved'] = IPV6_RANGES.find(entry => contains(entry, value, 128)) ?? []
  if (kind !== 'embedded') return kind
  const is6to4 = value >> 112n === 0x2002n
  return kindOfIpv4((is6to4 ? value >> 80n : value) & 0xffff_ffffn)
}

function contains([prefix, length]: Range, value: bigint, bits: number): boolean {
  const shift = BigInt(bits - length)
  return prefix >> shift === value >> shift
}

function parse(text: string): { value: bigint; bits: 32 | 128 } | undefined {
  const version = isIP(text)
  if (version === 4) return { value: parseIpv4(text), bits: 32 }
  if (version === 6) return { value: parseIpv6(text.replace(/%.*/, '')), bits: 128 }
  return undefined
}

function parseIpv4(text: string): bigint {
  return text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
}

/** Of text that `isIP` has found to be an IPv6 address. */
function parseIpv6(text: string): bigint {
  const plain = text.replace(/\d+\.\d+\.\d+\.\d+$/, tail => {
    const value = parseIpv4(tail)
    return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`
  })
  const [head = '', tail] = plain.split('::')
  const groups = (part: string) => part.split(':').filter(group => group !== '')
  const before = groups(head)
  const after = groups(tail ?? '')
  const gap = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...gap, ...after].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}
