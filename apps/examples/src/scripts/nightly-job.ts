// A night's work for cron: backs a directory up where ~/.bakthat.yml says, thins its backups out as `rotation` there says, and tells a
// webhook how it went, in JSON whose `text` is what Slack and Mattermost show:
//   WEBHOOK_URL=https://… node nightly-job.js /srv/photos
// The URL comes from the environment, for often it is a secret.
import { open } from 'bakthat'

const [path = '/srv/photos'] = process.argv.slice(2)
const { WEBHOOK_URL = '' } = process.env

async function work(): Promise<{ readonly ok: boolean; readonly text: string }> {
  try {
    await using bakthat = await open()
    const { filename, storedFilename, size } = await bakthat.backup(path)
    const { removed, failed } = await bakthat.rotate(filename)
    const rotated = `removed ${removed.length}, could not remove ${failed.length}`
    return { ok: failed.length === 0, text: `stored ${storedFilename} (${size} bytes); ${rotated}` }
  } catch (error) {
    return { ok: false, text: `${path}: ${(error as Error).message}` }
  }
}

async function tell(report: object): Promise<void> {
  const response = await fetch(WEBHOOK_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(report),
    signal: AbortSignal.timeout(10_000),
  })
  if (!response.ok) throw new Error(`the webhook answered with ${response.status}`)
}

const report = await work()
console.log(report.text)
if (!report.ok) process.exitCode = 1
await tell(report)
