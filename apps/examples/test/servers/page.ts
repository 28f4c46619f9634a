import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Fence {
  readonly language: string
  readonly code: string
}

/** A page of the documentation, for tests that do what it says: they take its own lines, and fail once it has others. */
export class Page {
  readonly #name: string
  readonly #fences: readonly Fence[]

  constructor(name: string) {
    this.#name = name
    const text = readFileSync(join(import.meta.dirname, '../../../../docs', name), 'utf8')
    this.#fences = [...text.matchAll(/^( *)```(\w+)\n([^]*?)^ *```$/gm)].map(
      ([, indent = '', language = '', code = '']) => ({
        language,
        code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      }),
    )
  }

  /** The one command line that has this part. */
  line(part: string): string {
    const lines = this.#fences.filter(({ language }) => language === 'sh').flatMap(({ code }) => code.split('\n'))
    return this.#only(
      lines.filter((line) => line.includes(part)),
      part,
    )
  }

  /** The one profile that has this part. */
  profile(part: string): string {
    const profiles = this.#fences.filter(({ language }) => language === 'yaml').map(({ code }) => code)
    return this.#only(
      profiles.filter((code) => code.includes(part)),
      part,
    )
  }

  #only(found: readonly string[], part: string): string {
    if (found.length === 1) return found[0]!
    throw new Error(`${this.#name} has ${part} ${found.length} times`)
  }
}
