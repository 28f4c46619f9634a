import type { FinishedBackup } from '@bakthat/plugin-sdk'

/** The metrics of a backup, by name: what kind, and what they are. */
export const metrics = {
  bakthat_backup_last_success_timestamp_seconds: ['gauge', 'When the last backup that succeeded ended.'],
  bakthat_backup_last_failure_timestamp_seconds: ['gauge', 'When the last backup that failed ended.'],
  bakthat_backup_succeeded: ['gauge', 'Whether the last backup succeeded.'],
  bakthat_backup_duration_seconds: ['gauge', 'How long the last backup that succeeded took.'],
  bakthat_backup_stored_bytes: ['gauge', 'Bytes of the last backup that succeeded, as stored.'],
  bakthat_backup_read_bytes: ['gauge', 'Bytes of file contents in the last backup that succeeded.'],
  bakthat_backup_files: ['gauge', 'Files in the last backup that succeeded.'],
  bakthat_backup_incomplete_files: [
    'gauge',
    'Files that the last backup that succeeded lacks, or that changed meanwhile.',
  ],
  bakthat_backup_failures_total: ['counter', 'Backups that failed.'],
} as const

export type MetricName = keyof typeof metrics

/** The value of a metric; of a counter, what is added to it. */
export interface Sample {
  readonly metric: MetricName
  readonly value: number
}

/** Values by metric. */
export type Values = ReadonlyMap<string, number>

/** What a backup that succeeded tells. One that had nothing to store, for nothing was changed, is as fresh as a new one. */
export function succeeded(backup: FinishedBackup, now: Date): readonly Sample[] {
  const { backupDate, durationMs, size, bytesRead, files, warnings, unchanged } = backup
  const endedMs = unchanged === true ? now.getTime() : backupDate.getTime() + durationMs
  return [
    { metric: 'bakthat_backup_last_success_timestamp_seconds', value: endedMs / 1000 },
    { metric: 'bakthat_backup_succeeded', value: 1 },
    { metric: 'bakthat_backup_duration_seconds', value: durationMs / 1000 },
    { metric: 'bakthat_backup_stored_bytes', value: size },
    { metric: 'bakthat_backup_read_bytes', value: bytesRead },
    { metric: 'bakthat_backup_files', value: files },
    { metric: 'bakthat_backup_incomplete_files', value: warnings.filter(({ incomplete }) => incomplete).length },
    { metric: 'bakthat_backup_failures_total', value: 0 },
  ]
}

/** What a backup that failed tells: nothing that could make it look fresh. */
export function failed(now: Date): readonly Sample[] {
  return [
    { metric: 'bakthat_backup_last_failure_timestamp_seconds', value: now.getTime() / 1000 },
    { metric: 'bakthat_backup_succeeded', value: 0 },
    { metric: 'bakthat_backup_failures_total', value: 1 },
  ]
}

/** The values of the samples, where counters go on from what is known. */
export function counted(known: Values, samples: readonly Sample[]): Values {
  return new Map(
    samples.map(({ metric, value }) => [
      metric,
      value + (metrics[metric][0] === 'counter' ? (known.get(metric) ?? 0) : 0),
    ]),
  )
}
