import { shellWords } from '@bakthat/errors'
import type { Recovery } from 'bakthat'
import { answer, type Outcome } from '../outcome.js'
import { formatDay } from '../print/dates.js'
import { showControls } from '../print/width.js'

type Example = Recovery['examples'][number]

/** What a shell can be given line by line, with comments for whoever does so. */
export function recoveryOutcome(recovery: Recovery, now: Date): Outcome {
  const { destination, examples, ...rest } = recovery
  return {
    document: () => ({ ...destination, ...rest, examples: examples.map(documentOf) }),
    text: (style) => {
      const part = (title: string, lines: readonly string[]): string[] => ['#', style.bold(`# ${title}`), ...lines]
      const sheet = [
        style.bold(`# How to get the backups of ${showControls(recovery.host)} back without it`),
        `# As of ${formatDay(now)}. Nothing here is secret: keep it outside of that machine, as the key.`,
        ...part(
          'What you need',
          needs(recovery).map((need) => `# - ${showControls(need)}`),
        ),
        ...part('With Bakthat, and Node.js', withBakthat(recovery)),
        ...part('Without it, into the current directory, of every kind of backup the newest', withoutBakthat(recovery)),
      ]
      return answer(`${sheet.join('\n')}\n`)
    },
  }
}

function documentOf({ backup, ...example }: Example): object {
  return { stored_filename: backup.storedFilename, recipients: recipientsOf(backup), ...example }
}

function needs({ destination: { backend, container }, examples }: Recovery): readonly string[] {
  const openedBy = (by: Example['encryption']): readonly Example[] =>
    examples.filter(({ encryption }) => encryption === by)
  const withIdentity = openedBy('recipients')
  const recipients = new Set(withIdentity.flatMap(({ backup }) => recipientsOf(backup)))
  const whose = recipients.size === 0 ? '' : ` of ${[...recipients].map(shortened).join(' or ')}`
  return [
    accessTo(backend, container),
    ...(withIdentity.length === 0 ? [] : [`the age identity${whose}, in the file key.txt`]),
    ...(openedBy('passphrase').length === 0 ? [] : ['the password']),
  ]
}

function accessTo(backend: string, container: string): string {
  if (backend === 'local') return `the directory ${container}, on whatever disk or server holds it`
  if (['s3', 'glacier'].includes(backend))
    return `credentials that may read ${backend} (${container}), where the AWS tools find them or as keys of the profile`
  return `the plugin that adds the destination ${backend}, its settings, and credentials for ${container}`
}

/** Those that withstand quantum computers have two thousand letters. */
function shortened(recipient: string): string {
  return recipient.length <= 80 ? recipient : `${recipient.slice(0, 79)}…`
}

function recipientsOf({ metadata }: Example['backup']): readonly string[] {
  const { recipients } = metadata
  return Array.isArray(recipients) ? recipients.map(String) : []
}

function withBakthat({ conf, examples: [newest] }: Recovery): readonly string[] {
  const identity = newest?.encryption === 'recipients' ? ['--identity', 'key.txt'] : []
  return [
    'npm install --global @bakthat/cli',
    "cat > bakthat.yml <<'END'",
    'default:',
    // JSON is YAML, and quotes whatever needs it.
    ...Object.entries(conf).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`),
    'END',
    'export BAKTHAT_CONFIG=bakthat.yml',
    'bakthat sync',
    'bakthat show',
    shellWords('bakthat', 'restore', '--to', 'back', ...identity, '--', newest?.backup.filename ?? 'NAME'),
  ]
}

function withoutBakthat({ list, examples }: Recovery): readonly string[] {
  if (examples.length === 0) return ['# The catalog knows of none that a tool of others could fetch.']
  return [
    'set -o pipefail',
    ...(list === undefined ? [] : [list]),
    ...examples.flatMap(({ backup, thaw, restore }) => [
      `# ${showControls(backup.filename)}, of ${formatDay(backup.backupDate)}`,
      ...(thaw === undefined ? [] : [askingFor(restore), thaw]),
      restore,
    ]),
  ]
}

/** What stands above the line that asks for a backup. */
function askingFor(restore: string): string {
  return restore.includes(' JOB ')
    ? '# Ask for it hours before, and put the job id of the answer in the place of JOB:'
    : '# Where it is in cold storage, ask for it hours before:'
}
