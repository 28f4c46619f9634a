/** `1 backup`, `2,000 backups`. */
export function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`
}

/** Bytes in powers of 1,000: `999 B`, `12.3 MB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  return `${shortened(bytes / 1000 ** power)} ${units[power]!}`
}

/** `30 ms`, `2.5 s`, `3 min 7 s`, `2 h 5 min`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds.toFixed(0)} ms`
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${shortened(milliseconds / 1000)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

function shortened(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 1 })
}
