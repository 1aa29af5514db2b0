/** A block of addresses. IPv4 is kept within the last 32 bits, and never equals IPv6. */
interface Block {
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly prefix: number;
}

/** Whether an address is inside a CIDR block (an address alone is a block of one), or undefined where either is none. */
export function inBlock(address: string, block: string): boolean | undefined {
  const inner = parseBlock(address);
  const outer = parseBlock(block);
  if (!inner || !outer) return undefined;
  if (inner.bits !== outer.bits || inner.prefix < outer.prefix) return false;
  const shift = BigInt(outer.bits - outer.prefix);
  return inner.address >> shift === outer.address >> shift;
}

/** Whether one CIDR block lies within another. */
export const blockWithin = inBlock;

function parseBlock(text: string): Block | undefined {
  const [address = '', length, ...rest] = text.trim().split('/');
  const parsed = parseV4(address) ?? parseV6(address);
  if (!parsed || rest.length > 0) return undefined;
  if (length === undefined) return { ...parsed, prefix: parsed.bits };
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  return prefix <= parsed.bits ? { ...parsed, prefix } : undefined;
}

function parseV4(text: string): Omit<Block, 'prefix'> | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return { bits: 32, address: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
}

function parseV6(text: string): Omit<Block, 'prefix'> | undefined {
  const halves = text.split('::');
  if (!text.includes(':') || halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':').flatMap(splitV4Tail)));
  if (!head) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array<string>(tail ? missing : 0).fill('0'), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { bits: 128, address: groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n) };
}

/** `::ffff:1.2.3.4` ends in an IPv4 address, which is two groups. */
function splitV4Tail(group: string): string[] {
  const v4 = group.includes('.') ? parseV4(group) : undefined;
  return v4 ? [(v4.address >> 16n).toString(16), (v4.address & 0xffffn).toString(16)] : [group];
}

/** The first address of a block and the one behind its last; nothing for what is no block. */
export function firstAndNextOf(block: string): readonly string[] {
  const parsed = parseBlock(block);
  if (!parsed) return [];
  const size = 1n << BigInt(parsed.bits - parsed.prefix);
  const first = (parsed.address / size) * size;
  const next = first + size;
  return [first, ...(next < 1n << BigInt(parsed.bits) ? [next] : [])].map((address) => showAddress(address, parsed.bits));
}

function showAddress(address: bigint, bits: Block['bits']): string {
  const groups = (size: number, count: number): bigint[] =>
    Array.from({ length: count }, (_unused, at) => (address >> BigInt(size * (count - 1 - at))) & ((1n << BigInt(size)) - 1n));
  return bits === 32
    ? groups(8, 4).join('.')
    : groups(16, 8)
        .map((group) => group.toString(16))
        .join(':');
}
