const secondsOf: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  D: 86_400,
  W: 7 * 86_400,
  M: 30 * 86_400,
  Y: 365 * 86_400,
}

/**
 * The seconds of an interval such as `3M2D8h20m5s`: numbers above zero, each with one of `s m h D W M Y`, no unit twice.
 * `m` is a minute and `M` a month of 30 days; a year has 365 days. Throws `RangeError` for anything else, the empty
 * interval among it: an interval that means nothing must not come to mean everything.
 */
export function parseInterval(interval: string): number {
  if (!/^(?:\d+[smhDWMY])+$/.test(interval)) throw malformed(interval)
  const seen = new Set<string>()
  let seconds = 0
  for (const [, digits, unit] of interval.matchAll(/(\d+)([smhDWMY])/g)) {
    const count = Number(digits)
    if (count === 0 || seen.has(unit!)) throw malformed(interval)
    seen.add(unit!)
    seconds += count * secondsOf[unit!]!
  }
  if (!Number.isSafeInteger(seconds * 1000)) throw malformed(interval)
  return seconds
}

function malformed(interval: string): RangeError {
  return new RangeError(
    `${JSON.stringify(interval)} is no interval: write numbers above zero with s, m, h, D, W, M or Y, as in 3M2D8h`,
  )
}
