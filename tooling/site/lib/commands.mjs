import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { code, fence, page, table, text } from './markdown.mjs'

const bin = fileURLToPath(new URL('bin/bakthat.js', import.meta.resolve('@bakthat/cli/package.json')))

/** The manual, as the command itself gives it. */
const manual = JSON.parse(execFileSync(process.execPath, [bin, 'man', '--json'], { encoding: 'utf8' }))

/** Every command in the order of `bakthat --help`: its name, and the file of its page without its ending. */
export const commands = manual.commands.map((command) => ({ ...command, slug: command.name.replaceAll(' ', '-') }))

/** One page for each command, and one about all of them. */
export function writeCommands(directory) {
  mkdirSync(directory, { recursive: true })
  for (const command of commands) writeFileSync(`${directory}/${command.slug}.md`, commandPage(command))
  writeFileSync(`${directory}/index.md`, mainPage(manual))
}

function mainPage({ options, exit_statuses, environment, files }) {
  return page('Commands', [
    'What `bakthat --help` and `bakthat man` tell too. A command is `bakthat <command> [options]`.',
    ...byGroup(commands).flatMap(([title, members]) => [`## ${title}`, commandTable(members)]),
    '## Options of every command',
    optionTable(options),
    '## Exit statuses',
    table(['status', 'meaning'], exit_statuses, ({ status, meaning }) => [status, text(meaning)]),
    '## Environment',
    table(['variable', 'gives'], environment, ({ name, meaning }) => [code(name), text(meaning)]),
    '## Files',
    table(['file', 'is'], files, ({ path, meaning }) => [code(path), text(meaning)]),
  ])
}

function commandPage({ name, alias, summary, usage, arguments: args, options, examples }) {
  return page(`bakthat ${name}`, [
    `${text(summary)}.${alias === undefined ? '' : ` The same as ${code(`bakthat ${alias}`)}.`}`,
    fence(usage),
    table(['argument', 'is'], args, (argument) => [code(argument.name), text(argument.description)]),
    fence(examples.map(({ command, does }) => `# ${does}\n${command}`).join('\n\n')),
    ...byGroup(options).flatMap(([title, members]) => [`## ${title}`, optionTable(members)]),
    'Then there are those of [every command](index.md#options-of-every-command).',
  ])
}

function commandTable(members) {
  return table(['command', 'does'], members, ({ name, slug, summary }) => [
    `[${code(name)}](${slug}.md)`,
    text(summary),
  ])
}

function optionTable(options) {
  return table(['option', 'does'], options, (option) => [switches(option), text(option.description)])
}

function switches({ name, alias, placeholder }) {
  const long = `--${name}${placeholder === undefined ? '' : ` ${placeholder}`}`
  return [...(alias === undefined ? [] : [code(`-${alias}`)]), code(long)].join(', ')
}

/** Members by the titles under which help shows them. */
function byGroup(members) {
  const titles = [...new Set(members.map(({ group }) => group))]
  return titles.map((title) => [title, members.filter(({ group }) => group === title)])
}
