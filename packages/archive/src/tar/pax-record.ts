/**
 * One record of a pax extended header (POSIX.1-2017, pax, "Extended Header"): `length key=value\n`, where the length counts
 * itself. Key and value are byte strings.
 */
export function paxRecord(key: string, value: string): string {
  const rest = key.length + value.length + 3
  let length = rest + 1
  while (rest + String(length).length !== length) length = rest + String(length).length
  return `${length} ${key}=${value}\n`
}

const nanosecondsPerSecond = 1_000_000_000n

/** A time as pax and the index write it: decimal seconds, with nine decimals when there is a fraction. */
export function paxTime(nanoseconds: bigint): string {
  const fraction = nanoseconds % nanosecondsPerSecond
  const seconds = nanoseconds / nanosecondsPerSecond
  if (fraction === 0n) return String(seconds)
  const sign = nanoseconds < 0n ? '-' : ''
  const digits = String(fraction < 0n ? -fraction : fraction).padStart(9, '0')
  return `${sign}${String(seconds < 0n ? -seconds : seconds)}.${digits}`
}

/** Whole seconds, rounded down, as the plain field of a header holds them. */
export function wholeSeconds(nanoseconds: bigint): number {
  const seconds = Number(nanoseconds / nanosecondsPerSecond)
  return nanoseconds % nanosecondsPerSecond < 0n ? seconds - 1 : seconds
}
