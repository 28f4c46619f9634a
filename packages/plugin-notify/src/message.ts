import type { BackupData, EventMap, ThinnedBackups } from '@bakthat/plugin-sdk'
import type { Facts, MessageKind } from './facts.js'
import { counted, durationText, sizeText } from './quantities.js'
import { lines, listed, oneLine } from './wording.js'

/** What is known of the machine and the moment that a message comes from. */
export interface Origin {
  readonly host: string
  readonly now: Date
}

/** What is known of an action that was begun. */
export interface Begun {
  readonly name: string
  readonly backend: string
  readonly container: string
  readonly at: Date
}

/** The actions that people are told of: those that run without anybody watching. */
export type ToldAction = NonNullable<Facts['action']>

/** In titles. */
const longestName = 80

const nouns: Readonly<Record<ToldAction, string>> = {
  backup: 'Backup',
  rotate_backups: 'Rotation',
  delete_older_than: 'Deletion of old backups',
}

/** Of a backup that was made. One that lacks files is a warning. */
export function backupMade(origin: Origin, backup: EventMap['on_backup']['result']): Facts {
  const { filename: name, backend, container, storedFilename, size, files, durationMs, warnings, unchanged } = backup
  const incomplete = warnings.filter((warning) => warning.incomplete)
  const kind: MessageKind = incomplete.length > 0 ? 'warning' : 'success'
  return {
    ...common(origin, kind, 'backup', name, kind === 'warning' ? 'is incomplete' : 'succeeded'),
    text: lines([
      `${unchanged === true ? 'nothing was changed since' : 'stored'} ${storedFilename} in ${backend} ${container}`,
      `${sizeText(size)}, ${counted(files, 'file')}, ${durationText(durationMs)}`,
      ...listed(incomplete, ({ path, message }) => `incomplete: ${path}: ${message}`),
    ]),
    backend,
    container,
    stored_name: storedFilename,
    size,
    files,
    incomplete: incomplete.length,
    duration: durationMs / 1000,
  }
}

/** Of backups that a policy removed. One that could not be removed makes it a warning. */
export function backupsThinned(origin: Origin, action: ToldAction, begun: Begun, thinned: ThinnedBackups): Facts {
  const { result: removed, deferred, failed } = thinned
  const { name, backend, container, at } = begun
  const verdict =
    failed.length > 0
      ? `could not remove ${counted(failed.length, 'backup')}`
      : `removed ${counted(removed.length, 'backup')}`
  return {
    ...common(origin, failed.length > 0 ? 'warning' : 'rotation', action, name, verdict),
    text: lines([
      `in ${backend} ${container}: ${removed.length} removed, ${deferred.length} deferred, ${failed.length} failed`,
      ...listed(failed, ({ backup, problem }) => `failed: ${backup.storedFilename}: ${problem.message}`),
      ...listed(
        deferred,
        ({ deferredUntil, ...backup }) => `deferred${until(deferredUntil)}: ${backup.storedFilename}`,
      ),
      ...listed(removed, (backup: BackupData) => `removed: ${backup.storedFilename}`),
    ]),
    backend,
    container,
    removed: removed.length,
    deferred: deferred.length,
    failed: failed.length,
    duration: secondsSince(at, origin),
  }
}

/** Of an action that failed. `begun` is absent where somebody else stopped it before it was told of. */
export function actionFailed(
  origin: Origin,
  action: ToldAction,
  begun: Begun | undefined,
  { name = begun?.name ?? '', error: { code, message, hint } }: Pick<EventMap['on_error'], 'name' | 'error'>,
): Facts {
  return {
    ...common(origin, 'failure', action, name, 'failed'),
    text: lines([
      `${message} (${code})`,
      ...(hint === undefined ? [] : [hint]),
      ...(begun === undefined ? [] : [`destination: ${begun.backend} ${begun.container}`]),
    ]),
    ...(begun && {
      backend: begun.backend,
      container: begun.container,
      duration: secondsSince(begun.at, origin),
    }),
    code,
    error: message,
    ...(hint !== undefined && { hint }),
  }
}

/** A message that says no more than that it has arrived. */
export function testMessage({ host, now }: Origin): Facts {
  return {
    event: 'test',
    title: `Test message of Bakthat on ${oneLine(host, longestName)}`,
    text: 'Somebody ran bakthat notify test. Messages about backups will arrive here.',
    time: now.toISOString(),
    host,
  }
}

type Common = Pick<Facts, 'event' | 'title' | 'time' | 'host' | 'action' | 'name'>

function common({ host, now }: Origin, event: MessageKind, action: ToldAction, name: string, verdict: string): Common {
  const title = `${nouns[action]} of ${oneLine(name, longestName)} on ${oneLine(host, longestName)} ${verdict}`
  return { event, title, time: now.toISOString(), host, action, name }
}

function until(date: Date | undefined): string {
  return date === undefined ? '' : ` until ${date.toISOString().slice(0, 10)}`
}

function secondsSince(at: Date, { now }: Origin): number {
  return (now.getTime() - at.getTime()) / 1000
}
