import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { documents } from './support/markdown.js'
import { readText, root } from './support/repository.js'
import { commandLinesOf } from './support/shell-lines.js'

interface Option {
  readonly name: string
  readonly alias?: string
}

interface Command {
  readonly name: string
  readonly alias?: string
  readonly options: readonly Option[]
}

interface Manual {
  readonly commands: readonly Command[]
  readonly options: readonly Option[]
}

const bin = join(root, 'apps/cli/bin/bakthat.js')
const manual = JSON.parse(execFileSync(process.execPath, [bin, 'man', '--json'], { encoding: 'utf8' })) as Manual

/** Commands that plugins of this house bring along. */
const ofPlugins = new Set(['notify'])

const lines = documents()
  .flatMap((document) =>
    commandLinesOf(readText(document)).map((words) => ({ document, words, line: words.join(' ') })),
  )
  .filter(({ words }) => !ofPlugins.has(words[1] ?? ''))

/** What of a command line, up to a `--`, the command does not have. */
function unknownOf(words: readonly string[]): readonly string[] {
  const names = [words[1], words.slice(1, 3).join(' ')]
  const command = manual.commands.find(({ name, alias = name }) => names.includes(name) || names.includes(alias))
  if (command === undefined) return [words.slice(0, 2).join(' ')]
  const known = [...command.options, ...manual.options].flatMap(({ name, alias }) => [`--${name}`, `-${alias}`])
  const end = words.indexOf('--')
  return words
    .slice(0, end === -1 ? words.length : end)
    .filter((word) => /^--?[a-z]/.test(word))
    .map((word) => word.replace(/=.*/, ''))
    .filter((word) => !known.includes(word))
}

describe('the command lines of the documentation', () => {
  it('are there to be checked', () => {
    expect(lines.length).toBeGreaterThan(50)
  })

  it.each(lines)('$document: $line', ({ words }) => {
    expect(unknownOf(words)).toEqual([])
  })
})
