import { exitCodes } from '@bakthat/errors'
import type { Argument, Command, OptionTable } from './command.js'
import type { CommandEntry } from './commands/index.js'
import { familyOf } from './vocabulary.js'
import { layOutPage, type Rows, type Section } from './print/page.js'
import { commonOptions, groups } from './options.js'

/** What `bakthat --help` prints, to fit so many columns. */
export function formatHelp(commands: readonly CommandEntry[], columns: number): string {
  const parts = [
    'Usage: bakthat <command> [options]',
    'Puts data where it outlives this machine, compressed and encrypted, and gives it back.',
    ...commandSections(commands),
    ...optionSections(commonOptions),
    { title: 'Examples:', rows: examples, stacked: true },
    exitStatuses,
    'bakthat <command> --help tells more about a command.',
  ]
  return layOutPage(parts, columns)
}

/** What `bakthat kv --help` prints, where all the commands of two words begin with `kv`. */
export function formatFamilyHelp(family: string, commands: readonly CommandEntry[], columns: number): string {
  const parts = [
    `Usage: bakthat ${family} <command> [options]`,
    ...commandSections(familyOf(family, commands)),
    ...optionSections(commonOptions),
    `bakthat ${family} <command> --help tells more about a command.`,
  ]
  return layOutPage(parts, columns)
}

/** What `bakthat <command> --help` prints, to fit so many columns. */
export function formatCommandHelp(entry: CommandEntry, command: Command, columns: number): string {
  const { name, alias, summary } = entry
  const parts = [
    `Usage: bakthat ${name} ${usageOf(command)}`,
    `${summary}.${alias === undefined ? '' : ` The same as bakthat ${alias}.`}`,
    ...argumentSections(command.arguments),
    ...optionSections({ ...command.options, ...commonOptions }),
    ...exampleSections(command.examples),
    exitStatuses,
  ]
  return layOutPage(parts, columns)
}

function commandSections(entries: readonly CommandEntry[]): readonly Section[] {
  const used = [...new Set(entries.map(({ group }) => group))]
  return used.map((title) => ({
    title: `${title}:`,
    rows: entries
      .filter(({ group }) => group === title)
      .map(({ name, alias, summary }) => [isWorthListing(alias) ? `${name}, ${alias}` : name, summary] as const),
  }))
}

/** Older names, with underscores, are told by the command's own help. */
function isWorthListing(alias: string | undefined): boolean {
  return alias !== undefined && !alias.includes('_')
}

/** What stands behind the name of a command. */
export function usageOf(command: Command): string {
  return [...command.arguments.map(placeholderOf), '[options]'].join(' ')
}

function placeholderOf({ kind, name }: Argument): string {
  if (kind === 'required') return `<${name}>`
  return kind === 'optional' ? `[${name}]` : `[${name}...]`
}

function argumentSections(args: readonly Argument[]): readonly Section[] {
  if (args.length === 0) return []
  const title = args.length === 1 ? 'Argument:' : 'Arguments:'
  return [{ title, rows: args.map(({ name, description }) => [name, description] as const) }]
}

function exampleSections(rows: Rows): readonly Section[] {
  return rows.length === 0 ? [] : [{ title: 'Examples:', rows, stacked: true }]
}

const examples: Rows = [
  ['bakthat backup ~/photos', 'back a directory up'],
  ['bakthat show', 'see what there is'],
  ['bakthat restore photos --to /tmp/again', 'get the newest one back'],
]

const exitStatuses: Section = { title: 'Exit status:', rows: Object.entries(exitCodes), narrow: true }

function optionSections(options: OptionTable): readonly Section[] {
  const entries = Object.entries(options)
  const used = Object.values(groups).filter((group) => entries.some(([, option]) => option.group === group))
  return used.map((group) => ({
    title: `${group}:`,
    rows: entries
      .filter(([, option]) => option.group === group)
      .map(([name, option]) => [switches(name, option), option.description] as const),
  }))
}

/** An option as it is written: `-t, --tags TAGS`. */
export function switches(name: string, { alias, placeholder }: OptionTable[string]): string {
  const short = alias === undefined ? '    ' : `-${alias}, `
  return `${short}--${name}${placeholder === undefined ? '' : ` ${placeholder}`}`
}
