import { execFileSync } from 'node:child_process'

/** What a scheduler would do: from which directory, by which words, and when. */
export interface Understood {
  readonly directory: string
  readonly command: readonly string[]
}

/** A service of systemd, by the rules of systemd.syntax(7), systemd.unit(5) and systemd.service(5). */
export function readService(unit: string): Understood {
  const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)![1]!
  const path = specifiersOf(value('WorkingDirectory').trim())
  return {
    directory: path === '/' ? path : path.replace(/\/$/, ''),
    command: quotedWords(value('ExecStart')).map((word) => doubled(specifiersOf(word), '$')),
  }
}

/** Words in double quotes, with only the escapes that are documented. */
function quotedWords(line: string): readonly string[] {
  const words: string[] = []
  let rest = line
  for (;;) {
    const match = /^"((?:[^"\\]|\\["\\])*)"(?: |$)/.exec(rest)
    if (match === null) throw new Error(`not quoted words: ${rest}`)
    words.push(match[1]!.replace(/\\(["\\])/g, '$1'))
    rest = rest.slice(match[0].length)
    if (rest === '') return words
  }
}

function specifiersOf(text: string): string {
  return doubled(text, '%')
}

/** A text in which a character stands for itself only twice. */
function doubled(text: string, character: '%' | '$'): string {
  const halves = text.split(character + character)
  if (halves.some((half) => half.includes(character))) throw new Error(`a single ${character}: ${text}`)
  return halves.join(character)
}

/** What the shell gets of a line of a crontab, as Vixie's cron finds it: a backslash before `%` goes, a bare `%` ends the command. */
export function commandOfCronLine(line: string): string {
  const command = /^(?:\S+ ){5}(.*)\n$/.exec(line)![1]!
  let result = ''
  let isEscaped = false
  for (const character of command) {
    if (character === '%' && !isEscaped) throw new Error(`a bare %: ${command}`)
    result = character === '%' ? result.slice(0, -1) + character : result + character
    isEscaped = character === '\\' && !isEscaped
  }
  return result
}

/** A line of a crontab, as cron and a real shell understand it. */
export function readCronLine(line: string): Understood {
  const script = `cd() { printf '%s\\0' "$1"; }; env() { printf '%s\\0' "$@"; }\n`
  const command = commandOfCronLine(line).replace(' && /usr/bin/env ', ' && env /usr/bin/env ')
  const words = execFileSync('/bin/sh', ['-c', script + command], { encoding: 'utf8' }).split('\0')
  return { directory: words[0]!, command: words.slice(1, -1) }
}

/** An agent of launchd, as Python reads property lists. */
export function readAgent(plist: string): Understood {
  const script = 'import json, plistlib, sys; json.dump(plistlib.loads(sys.stdin.buffer.read()), sys.stdout)'
  const agent = JSON.parse(execFileSync('python3', ['-c', script], { input: plist, encoding: 'utf8' })) as {
    readonly WorkingDirectory: string
    readonly ProgramArguments: readonly string[]
  }
  return { directory: agent.WorkingDirectory, command: agent.ProgramArguments }
}
