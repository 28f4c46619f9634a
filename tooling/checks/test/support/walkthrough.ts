import { fences, type Fence } from './markdown.js'
import type { Place } from './place.js'

/** One thing that a page lets its reader do, and what the page says comes of it. */
export interface Step extends Fence {
  readonly title: string
  /** What is shown on a terminal, once it is {@link settled}. */
  readonly shows: string
}

/**
 * The steps of a page that is gone through from top to bottom, in one place:
 *
 * - `ts` is run, and prints what a `text` fence after it shows, or nothing; with the name of a file it is put there instead, and one of JavaScript as it stands;
 * - `yaml` is what the profile says from there on, in the keys that it has;
 * - `console` is a transcript, whose commands follow a `$`.
 */
export function stepsOf(document: string): readonly Step[] {
  const all = fences(document)
  return all.flatMap((fence, index) => {
    if (fence.language === 'text') return []
    const next = all[index + 1]
    const shown = fence.language === 'console' ? fence.code : next?.language === 'text' ? next.code : ''
    return [{ ...fence, title: `${fence.document}:${fence.line}`, shows: settled(shown) }]
  })
}

/** Takes one step, whose code as JavaScript is in `script`, and gives what was shown. */
export async function take(step: Step, place: Place, script: () => string): Promise<string> {
  switch (step.language) {
    case 'ts':
      if (step.file === undefined) return settled(await place.runScript(`step-${step.line}.js`, script()))
      place.write(step.file.replace(/\.ts$/, '.js'), step.file.endsWith('.js') ? step.code : script())
      return ''
    case 'yaml':
      place.configure(step.code)
      return ''
    case 'console':
      return settled(await transcript(step.code, place))
    default:
      throw new Error(`${step.title} is neither ts, text, yaml nor console, but ${step.language}`)
  }
}

/** The transcript with the commands' output of today. A last line without an end has one here, as fences have it. */
async function transcript(code: string, place: Place): Promise<string> {
  let text = ''
  for (const [line, command] of code.matchAll(/^\$ (.*)$/gm)) {
    const output = await place.run(command!)
    text += `${line}\n${output.replace(/[^\n]$/, '$&\n')}`
  }
  return text
}

/** The text without what differs from run to run; what was the same twice still is. */
function settled(text: string): string {
  const sessions: string[] = []
  return (
    text
      // What is shown was done at Amazon, and is tried at a server of this machine.
      .replaceAll(/\b127\.0\.0\.1:\d+\//g, 'aws/')
      .replaceAll(/\d+(\.\d+)? ?m?s$/gm, '<duration>')
      .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, (session) => {
        if (!sessions.includes(session)) sessions.push(session)
        return `<session ${sessions.indexOf(session) + 1}>`
      })
      .replaceAll(/\.\d{14}/g, '.<time>')
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '<date>')
      .replaceAll(/ +\d+ B\b/g, ' <size>')
  )
}
