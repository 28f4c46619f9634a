import { BakthatError } from '@bakthat/errors'
import { defineCommand } from '../command.js'
import { candidatesFor, type Candidate } from '../completion/candidates.js'
import { entriesFor } from '../completion/entries.js'
import { completionScripts } from '../completion/scripts.js'
import { ownSources } from '../completion/sources.js'
import { required, rest } from '../options.js'
import { answer, type Outcome } from '../outcome.js'

export const completion = defineCommand({
  arguments: [
    required('shell', 'bash, zsh or fish: prints its script; words: prints what may stand at the end of a line'),
    rest('words', 'After --, the words of that line but the first; the last one may be empty'),
  ],
  options: {},
  examples: [
    ['eval "$(bakthat completion bash)"', 'in ~/.bashrc'],
    ['eval "$(bakthat completion zsh)"', 'in ~/.zshrc, after compinit'],
    ['bakthat completion fish > ~/.config/fish/completions/bakthat.fish', 'once'],
  ],
  async run(_, context, [shell, words]) {
    if (shell === 'words') {
      const { commands } = await import('./index.js')
      const sources = ownSources(words, context)
      return candidatesOutcome(await candidatesFor(words, await entriesFor(words, commands, sources), sources))
    }
    const script = completionScripts[shell]
    if (script !== undefined) return { document: () => ({ shell, script }), text: () => answer(script) }
    throw new BakthatError('INVALID_INPUT', 'there is no completion for such a shell', {
      hint: `choose one of: ${Object.keys(completionScripts).join(', ')}`,
    })
  },
})

function candidatesOutcome(candidates: readonly Candidate[]): Outcome {
  return {
    document: () => candidates,
    text: () => answer(candidates.map(({ word, description }) => `${word}\t${description}\n`).join('')),
  }
}
