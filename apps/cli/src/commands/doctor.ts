import { defineCommand } from '../command.js'
import { defined, settingsOf } from '../given.js'
import { destinationOptions } from '../options.js'
import { doctorOutcome } from '../outcomes/doctor.js'

export const doctor = defineCommand({
  arguments: [],
  options: destinationOptions,
  examples: [['bakthat doctor -d s3', 'what the bucket and its server are good for']],
  async run({ destination, ...given }, { action: { signal, onProgress }, withBakthat }) {
    return doctorOutcome(
      await withBakthat(settingsOf(given), (bakthat) =>
        bakthat.doctor({
          signal,
          ...defined({ destination }),
          onFinding: ({ subject }) => {
            onProgress({ phase: 'verifying', current: subject, files: 0, bytes: 0 })
          },
        }),
      ),
    )
  },
})
