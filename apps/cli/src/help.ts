import { exitCodes } from '@bakthat/errors'
import type { Command, OptionTable } from './command.js'
import { commands, type CommandEntry } from './commands/index.js'
import { layOutPage, type Rows, type Section } from './print/page.js'
import { commonOptions, groups } from './options.js'

/** What `bakthat --help` prints, to fit so many columns. */
export function formatHelp(columns: number): string {
  const list: Rows = commands.map(({ name, alias, summary }) => [
    alias === undefined ? name : `${name}, ${alias}`,
    summary,
  ])
  const parts = [
    'Usage: bakthat <command> [options]',
    'Puts data where it outlives this machine, compressed and encrypted, and gives it back.',
    { title: 'Commands:', rows: list },
    ...optionSections(commonOptions),
    { title: 'Examples:', rows: examples, stacked: true },
    exitStatuses,
    'bakthat <command> --help tells more about a command.',
  ]
  return layOutPage(parts, columns)
}

/** What `bakthat <command> --help` prints, to fit so many columns. */
export function formatCommandHelp(entry: CommandEntry, command: Command, columns: number): string {
  const { name, alias, argument, summary } = entry
  const parts = [
    `Usage: bakthat ${[name, argument, '[options]'].filter((word) => word !== undefined).join(' ')}`,
    `${summary}.${alias === undefined ? '' : ` The same as bakthat ${alias}.`}`,
    ...argumentSections(argument, command.argument),
    ...optionSections({ ...command.options, ...commonOptions }),
    { title: 'Examples:', rows: command.examples, stacked: true },
    exitStatuses,
  ]
  return layOutPage(parts, columns)
}

function argumentSections(written: string | undefined, meaning: string | undefined): readonly Section[] {
  if (written === undefined || meaning === undefined) return []
  return [{ title: 'Argument:', rows: [[written.replaceAll(/[[\]<>]/g, ''), meaning]] }]
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

function switches(name: string, { alias, placeholder }: OptionTable[string]): string {
  const short = alias === undefined ? '    ' : `-${alias}, `
  return `${short}--${name}${placeholder === undefined ? '' : ` ${placeholder}`}`
}
