import { BakthatError } from '@bakthat/errors'

const units = ['', 'k', 'M', 'G', 'T'] as const

/** Bytes for people, in powers of 1,000: `999 B`, `12.3 MB`. */
export function formatSize(bytes: number): string {
  let power = 0
  let shown = bytes
  while (shown >= 999.5 && power < units.length - 1) {
    shown /= 1000
    power++
  }
  const text = power === 0 || shown >= 99.95 ? shown.toFixed(0) : shown.toFixed(1)
  return `${text} ${units[power] ?? ''}B`
}

/** The bytes that a person means by `300000`, `20GB` (powers of 1,000) or `1.5GiB` (powers of 1,024). `INVALID_INPUT` for anything else. */
export function parseSize(text: string, option: string): number {
  const [, digits = '', unit = '', binary] = /^(\d+(?:\.\d+)?)\s*([kMGT]?)(i?)B?$/i.exec(text) ?? []
  const power = units.findIndex((known) => known.toLowerCase() === unit.toLowerCase())
  const bytes = Math.floor(Number(digits) * (binary === undefined || binary === '' ? 1000 : 1024) ** power)
  if (digits !== '' && Number.isSafeInteger(bytes) && bytes > 0) return bytes
  throw new BakthatError('INVALID_INPUT', `${option} is not a size`, { hint: `for example: ${option} 20GB` })
}
