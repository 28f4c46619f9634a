import type { Backup, Bakthat, OpenOptions } from 'bakthat'
import type { Context } from '../context.js'
import { settingsOf } from '../given.js'
import { destinationOptions } from '../options.js'
import { parseWords } from '../parser.js'
import { commandsOf } from '../plugin-commands.js'
import { showControls } from '../print/width.js'
import { formatSize } from '../size.js'
import type { Candidate, Sources } from './candidates.js'

/** What can be completed of the configuration that the words themselves name. Nothing is asked, reported or thrown. */
export function ownSources(words: readonly string[], { env, withBakthat }: Context): Sources {
  const given = parseWords(words.slice(0, -1), destinationOptions).options as Parameters<typeof settingsOf>[0]
  const show = (plugins: OpenOptions): Promise<readonly Backup[]> =>
    withBakthat({ ...settingsOf(given), ...plugins }, (bakthat) => bakthat.show({}))
  // Only a profile that stores by a plugin needs any for its list, and each takes its time.
  const backups = once(() => show({ plugins: false }).catch(() => show({})))
  const ofPlugins = <T>(list: (plugins: Bakthat['plugins']) => readonly T[]): Promise<readonly T[]> =>
    orNone(() => withBakthat(settingsOf(given), ({ plugins }) => Promise.resolve(list(plugins))))
  const file = typeof given.config === 'string' ? { file: given.config } : {}
  return {
    names: async () => distinct((await backups()).map(({ filename }) => filename)),
    storedNames: async () => (await backups()).toReversed().map(storedCandidate).filter(isPlain),
    tags: async () => distinct((await backups()).flatMap(({ tags }) => tags)),
    destinations: async () => distinct(['local', 's3', 'glacier', ...(await ofPlugins(backendsOf))]),
    pluginCommands: () => ofPlugins(commandsOf),
    schedules: async () => {
      const { listAll, schedulersFor } = await import('../schedule/schedulers.js')
      return distinct((await orNone(() => listAll(schedulersFor(env)))).map(({ name }) => name))
    },
    profiles: async () =>
      distinct(await orNone(async () => (await import('@bakthat/config')).profileNames({ ...file, env }))),
  }
}

function backendsOf(plugins: Bakthat['plugins']): readonly string[] {
  return plugins.flatMap(({ backends }) => backends)
}

function once(list: () => Promise<readonly Backup[]>): () => Promise<readonly Backup[]> {
  let listed: Promise<readonly Backup[]> | undefined
  return () => (listed ??= orNone(list))
}

/** What cannot be listed cannot be completed; the command itself will say why. */
async function orNone<T>(list: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await list()
  } catch {
    return []
  }
}

function distinct(words: readonly string[]): readonly Candidate[] {
  return [...new Set(words)].map((word) => ({ word, description: '' })).filter(isPlain)
}

function storedCandidate({ storedFilename, size, backend }: Backup): Candidate {
  return { word: storedFilename, description: `${formatSize(size)}, ${backend}` }
}

/** Candidates are lines of text, and what a shell would print raw onto the terminal. */
function isPlain({ word }: Candidate): boolean {
  return word !== '' && showControls(word) === word
}
