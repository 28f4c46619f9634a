import { shellWords } from '@bakthat/errors'
import { answer, report, type Outcome } from '../outcome.js'
import { details } from '../print/details.js'
import type { Style } from '../print/style.js'
import { displayWidth, fits, pad, showControls } from '../print/width.js'
import type { Note, Schedule } from '../schedule/schedule.js'
import type { Installed, Rendered, SchedulerName } from '../schedule/scheduler.js'
import { timesText } from '../schedule/times.js'

interface Added {
  readonly schedule: Schedule
  readonly scheduler: SchedulerName
  readonly rendered: readonly Rendered[]
  readonly notes: readonly string[]
}

/** A schedule that is installed now. */
export function scheduledOutcome(added: Added): Outcome {
  const { schedule, scheduler, rendered, notes } = added
  const rows = [
    ...rowsOf({ ...schedule, times: timesText(schedule.times) }, scheduler),
    ...rendered.map(({ path }, index) => [index === 0 ? 'written to' : '', showControls(path)] as const),
  ]
  return {
    document: () => documentOf(added),
    text: (style) => report(details(`scheduled ${style.bold(schedule.name)}`, rows), { notes }),
  }
}

/** What would be installed. */
export function printedOutcome(added: Added): Outcome {
  const { rendered, notes } = added
  const [only, ...others] = rendered
  const text = others.length === 0 ? only!.text : rendered.map(({ path, text }) => `# ${path}\n${text}`).join('\n')
  const places =
    others.length === 0 ? [`for ${showControls(only!.path)}; nothing was installed`] : ['nothing was installed']
  return { document: () => documentOf(added), text: () => answer(text, [...notes, ...places]) }
}

/** A schedule that is gone. */
export function unscheduledOutcome(name: string, removed: readonly Installed[]): Outcome {
  return {
    document: () => ({ name, schedulers: removed.map(({ scheduler }) => scheduler) }),
    text: () => report(`removed the schedule ${name}\n`),
  }
}

/** The schedules there are. */
export function schedulesOutcome(installed: readonly Installed[]): Outcome {
  const notes = installed.length === 0 ? ['nothing is scheduled: bakthat schedule add NAME --daily 03:00 -- PATH'] : []
  return {
    document: () => installed.map(({ name, scheduler, note }) => ({ name, scheduler, ...note })),
    text: (style, columns = Infinity) => {
      const table = tableOf(installed)
      return answer(fits(table, columns) ? table : installed.map((one) => blockOf(one, style)).join(''), notes)
    },
  }
}

function documentOf({ schedule, scheduler, rendered }: Added): object {
  const { name, times, directory, words, rotate, command } = schedule
  return { name, scheduler, times: timesText(times), directory, words, rotate, command, files: rendered }
}

function tableOf(installed: readonly Installed[]): string {
  const rows = installed.map(({ name, scheduler, note }) =>
    note === undefined
      ? [name, scheduler, 'changed by hand']
      : [
          name,
          scheduler,
          showControls(note.times),
          note.rotate ? 'rotated' : '',
          backupText(note.words),
          showControls(note.directory),
        ],
  )
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))))
  const lines = rows.map((row) => row.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  '))
  return lines.map((line) => `${line.trimEnd()}\n`).join('')
}

function blockOf({ name, scheduler, note }: Installed, style: Style): string {
  const rows = note === undefined ? [['changed', `by hand, in ${scheduler}`] as const] : rowsOf(note, scheduler)
  return details(style.bold(name), rows)
}

function rowsOf({ times, words, directory, rotate }: Note, scheduler: SchedulerName): Parameters<typeof details>[1] {
  return [
    ['when', `${showControls(times)}, by ${scheduler}`],
    ['runs', backupText(words)],
    ['in', showControls(directory)],
    ['rotation', rotate ? 'after every backup that is whole' : 'none'],
  ]
}

function backupText(words: readonly string[]): string {
  return showControls(`bakthat backup ${shellWords(...words)}`.trimEnd())
}
