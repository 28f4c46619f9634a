import { exitCodes } from '@bakthat/errors'
import type { Command, OptionTable } from '../command.js'
import type { CommandEntry } from '../commands/index.js'
import { switches, usageOf } from '../help.js'
import { commonOptions } from '../options.js'
import { readVersion } from '../version.js'
import { escape, example, quoted, section, term, type Lines } from './roff.js'
import { files, variables } from './surroundings.js'

/** A page in the language of man(7), and the name of its file. */
export interface Page {
  readonly file: string
  readonly text: string
}

/** Every page there is: bakthat(1), then one of each command. */
export async function* pages(entries: readonly CommandEntry[]): AsyncGenerator<Page> {
  yield { file: 'bakthat.1', text: await pageOf(undefined, entries) }
  for (const entry of entries) yield { file: `${pageName(entry.name)}.1`, text: await pageOf(entry, entries) }
}

/** The page of a command, or of the program. */
export async function pageOf(entry: CommandEntry | undefined, entries: readonly CommandEntry[]): Promise<string> {
  return entry === undefined ? mainPage(entries) : commandPage(entry, await entry.load())
}

function mainPage(entries: readonly CommandEntry[]): string {
  return page('bakthat', 'back data up, and get it back', [
    section('Synopsis', ['.B bakthat', escape('<command> [options]')]),
    section('Description', [
      escape('Puts data where it outlives this machine, compressed and encrypted, and gives it back.'),
      escape('Every backup is a standard file: age, zstd and tar restore it without this program.'),
    ]),
    section('Commands', ...entries.map(({ name, summary }) => term(name, `${summary}. See ${pageName(name)}(1).`))),
    section('Options', ...optionTerms(commonOptions)),
    exitStatus(),
    section('Environment', ...variables.map(([name, meaning]) => term(name, `${meaning}.`))),
    section('Files', ...files.map(([name, meaning]) => term(name, `${meaning}.`))),
  ])
}

function commandPage(entry: CommandEntry, command: Command): string {
  const alias = entry.alias === undefined ? [] : ['.PP', escape(`The same as bakthat ${entry.alias}.`)]
  return page(pageName(entry.name), entry.summary, [
    section('Synopsis', [`.B ${quoted(`bakthat ${entry.name}`)}`, escape(usageOf(command))]),
    section('Description', [escape(`${entry.summary}.`), ...alias]),
    ...(command.arguments.length === 0
      ? []
      : [section('Arguments', ...command.arguments.map(({ name, description }) => term(name, `${description}.`)))]),
    section('Options', ...optionTerms({ ...command.options, ...commonOptions })),
    section(
      'Examples',
      ...command.examples.map(([line, does], index) => [...(index === 0 ? [] : ['.PP']), ...example(line, does)]),
    ),
    exitStatus(),
    section('See also', ['.BR bakthat (1)']),
  ])
}

function page(name: string, summary: string, sections: readonly Lines[]): string {
  const title = `.TH ${quoted(name.toUpperCase())} 1 "" ${quoted(`bakthat ${readVersion()}`)} "User commands"`
  return `${[title, ...section('Name', [`${escape(name)} \\- ${escape(summary)}`]), ...sections.flat()].join('\n')}\n`
}

function pageName(command: string): string {
  return `bakthat-${command.replaceAll(' ', '-')}`
}

function optionTerms(options: OptionTable): readonly Lines[] {
  return Object.entries(options).map(([name, option]) => term(switches(name, option).trim(), `${option.description}.`))
}

function exitStatus(): Lines {
  return section('Exit status', ...Object.entries(exitCodes).map(([status, meaning]) => term(status, `${meaning}.`)))
}
