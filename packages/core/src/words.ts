import { shellWords } from '@bakthat/errors'
import type { StorageBackend } from '@bakthat/storage'

/** A moment in a sentence: `2026-03-18 12:00 UTC`. */
export function moment(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** A length of time in a sentence: `a day`, `36 h`. */
export function duration(seconds: number): string {
  if (seconds === 86_400) return 'a day'
  if (seconds % 86_400 === 0) return `${seconds / 86_400} days`
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : `${seconds} s`
}

/** A command line that a person can paste: about exactly this destination, whichever is the default one. */
export function commandFor({ scheme }: StorageBackend, command: string, name?: string): string {
  const words = ['bakthat', command, '-d', scheme]
  if (name !== undefined) words.push(...(name.startsWith('-') ? ['--'] : []), name)
  return shellWords(...words)
}
