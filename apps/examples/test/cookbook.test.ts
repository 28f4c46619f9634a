import { mkdir, readFile, rm } from 'node:fs/promises'
import { describe, expect, it } from '@jest/globals'
import { startS3, testCredential, type Policy, type S3Credential } from '@bakthat/emulator/s3'
import { Page } from './servers/page.js'
import { ReaderPlace } from './servers/reader-place.js'
import { has } from './servers/server.js'

const cookbook = new Page('cookbook.md')
const region = 'eu-central-1'

async function homeWithPhotos(): Promise<ReaderPlace> {
  const here = await ReaderPlace.make()
  await here.write('photos/beach.txt', 'sand')
  return here
}

/** What to encrypt to, whose identity is then in `key.txt`. */
async function recipientIn(here: ReaderPlace): Promise<string> {
  return (await here.says('bakthat keygen key.txt')).trim()
}

const keysOf = ({ accessKeyId, secretAccessKey }: S3Credential): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
})

describe('the recipe for what changed', () => {
  it('tells it of the last two backups, of any other, and to programs', async () => {
    await using here = await homeWithPhotos()
    await here.says('bakthat backup photos')
    await here.says('mv photos/beach.txt photos/shore.txt && bakthat backup photos')
    const changes = /^removed .* photos\/beach\.txt\nadded .* photos\/shore\.txt$/m
    expect(await here.says(cookbook.line('last two'))).toMatch(changes)
    const [first] = (await here.says('bakthat show --json | jq -r ".[].stored_filename"')).split('\n')
    expect(await here.says(cookbook.line('diff photos --since').replace(/photos\.\d+.*/, first!))).toMatch(changes)
    expect(await here.says(cookbook.line('diff photos --json'))).toBe('photos/beach.txt\n')
  })
})

describe('the recipe for one file', () => {
  it('finds it, and gets it back alone', async () => {
    await using here = await ReaderPlace.make()
    await here.write('photos/2026/beach.jpg', 'sand')
    await here.write('photos/sky.jpg', 'blue')
    await here.write('etc/fstab', '/dev/sda1 /\n')
    await here.says('bakthat backup photos && bakthat backup etc')
    expect(await here.says(cookbook.line('bakthat find'))).toMatch(
      /^photos\/2026\/beach\.jpg\n +4 B .* photos\.\d{14}\.tar\.zst\n$/,
    )
    expect(await here.says(cookbook.line('every path'))).toContain('photos/sky.jpg')
    expect(JSON.parse(await here.says(cookbook.line('contents photos photos/2026')))).toHaveLength(2)
    const back = here.path('again')
    await here.says(cookbook.line('--only photos/2026').replace('/tmp/again', back))
    expect(await here.says(`cd '${back}' && find photos -type f`)).toBe('photos/2026/beach.jpg\n')
    expect(await here.says(cookbook.line('--only etc/fstab').replace('- /etc', '- etc'))).toBe('')
  })
})

describe('the recipe for a NAS', () => {
  it('stores on the share, and nothing where it is not mounted', async () => {
    await using here = await homeWithPhotos()
    const share = here.path('nas')
    await mkdir(share)
    await here.write('.bakthat.yml', cookbook.profile('/mnt/nas/backups\n  compression').replace('/mnt/nas', share))
    const line = cookbook.line('mountpoint').replace('/mnt/nas', share)
    expect((await here.run(line)).status).not.toBe(0)
    expect(await here.says(`ls '${share}'`)).toBe('')

    await here.program('mountpoint', `[ "$*" = '-q ${share}' ]`)
    await here.says(line)
    await here.says(cookbook.line('bakthat verify'))
    expect(await here.says(`ls '${share}/backups'`)).toMatch(/^photos\.\d{14}\.tar\.zst\n$/)
  })
})

describe('the recipe for a fleet', () => {
  it('keeps machines apart, and restores elsewhere what none of them can read', async () => {
    await using s3 = await startS3({ region })
    const admin = { ...keysOf(testCredential), AWS_ENDPOINT_URL_S3: s3.endpoint }
    await using here = await homeWithPhotos()
    const recipient = await recipientIn(here)
    const server = cookbook.profile('compression: zstd\n  recipients').replace('age1…', recipient)
    await here.write('.bakthat.yml', server)
    await here.says('bakthat create && bakthat backup photos', admin)
    await here.write('.bakthat.yml', server.replace('web-1/', 'web-2/'))
    expect(await here.says('bakthat sync --json', admin)).toContain('"added": []')

    await using elsewhere = await ReaderPlace.make()
    await elsewhere.write('.bakthat.yml', server.replace('default:', 'web-1:'))
    await elsewhere.write('key.txt', await readFile(here.path('key.txt'), 'utf8'))
    await elsewhere.says(cookbook.line('restore photos -p web-1'), admin)
    expect(await readFile(elsewhere.path('back/photos/beach.txt'), 'utf8')).toBe('sand')
  })
})

describe('the recipe against ransomware', () => {
  it('lets the machine that writes neither read nor remove, and nobody remove what is locked', async () => {
    await using here = await homeWithPhotos()
    const recipient = await recipientIn(here)
    const profile = cookbook.profile('object_lock').replace('age1…', recipient)
    const whole = `${profile}  region_name: ${region}\n`
    await here.write('.bakthat.yml', whole + whole.replace('default:', 'web-1:'))
    const credentials = await Promise.all(
      ['admin', 'writer', 'reader', 'rotator'].map(async (role) => ({
        accessKeyId: role,
        secretAccessKey: 'secret',
        policy: JSON.parse(await here.says(`bakthat policy --role ${role}`)) as Policy,
      })),
    )
    await using s3 = await startS3({ region, credentials })
    const [admin, writer, reader, rotator] = credentials.map((one) => ({
      ...keysOf(one),
      AWS_ENDPOINT_URL_S3: s3.endpoint,
    }))
    await here.says('bakthat create', admin)
    await here.says('bakthat backup photos', writer)
    for (const attempt of ['restore photos --to back --identity key.txt', 'delete photos --yes'])
      expect((await here.run(`bakthat ${attempt}`, writer)).stderr).toMatch(/may not be accessed/)

    await here.says('rm ~/.bakthat.sqlite*')
    const watch = cookbook.line('--stale 2d')
    await here.says(watch, reader)
    expect((await here.run(watch.replace('photos', 'music'), reader)).status).toBe(4)
    await here.says('bakthat restore photos --to back --identity key.txt', reader)
    expect(await readFile(here.path('back/photos/beach.txt'), 'utf8')).toBe('sand')

    const { stdout, stderr } = await here.run('bakthat delete photos --yes', rotator)
    expect(stdout + stderr).toMatch(/locked|kept/)
    await rm(here.path('back'), { recursive: true })
    await here.says('bakthat restore photos --to back --identity key.txt', reader)
  })
})

describe('the recipe for a machine that is lost', () => {
  it('prints what a new one needs, and gets the backups back there', async () => {
    await using here = await homeWithPhotos()
    const recipient = await recipientIn(here)
    await here.says(`bakthat backup photos --recipient ${recipient}`)
    await here.says(cookbook.line('bakthat recovery'))
    const sheet = await readFile(here.path('recovery.txt'), 'utf8')

    await using elsewhere = await ReaderPlace.make()
    await elsewhere.write('key.txt', await readFile(here.path('key.txt'), 'utf8'))
    await elsewhere.write('.bakthat.yml', /<<'END'\n([^]*?)END\n/.exec(sheet)![1]!)
    await elsewhere.says(cookbook.line('what is stored there'))
    await elsewhere.says(cookbook.line('restore photos --identity key.txt'))
    expect(await readFile(elsewhere.path('back/photos/beach.txt'), 'utf8')).toBe('sand')
  })
})

describe('the way from the Python tool', () => {
  it('leaves an old profile as it is, whose backups stay .tgz until it says zstd', async () => {
    await using s3 = await startS3({ region, buckets: ['yours3bucket'] })
    await using here = await homeWithPhotos()
    const { accessKeyId, secretAccessKey } = testCredential
    const profile = `default:
  access_key: ${accessKeyId}
  secret_key: ${secretAccessKey}
  default_destination: s3
  region_name: ${region}
  s3_bucket: yours3bucket
  rotation: {days: 7, first_week_day: 5, months: 6, weeks: 6}
`
    await here.write('.bakthat.yml', profile)
    const env = { AWS_ENDPOINT_URL_S3: s3.endpoint }
    expect(await here.says('bakthat backup photos', env)).toMatch(/^stored photos\.\d{14}\.tgz\n/)
    await here.write('.bakthat.yml', `${profile}  compression: zstd\n`)
    expect(await here.says('bakthat backup photos', env)).toMatch(/^stored photos\.\d{14}\.tar\.zst\n/)
    expect(await here.says('bakthat rotate photos --dry-run', env)).toMatch(/tar\.zst.*newest/)
  })
})

const withTools = has('aws', 'age', 'zstd', 'tar') ? describe : describe.skip
withTools('the recipe without Bakthat', () => {
  it('restores with other programs alone', async () => {
    await using s3 = await startS3({ region, buckets: ['my-backups'] })
    const env = { ...keysOf(testCredential), AWS_ENDPOINT_URL_S3: s3.endpoint }
    await using here = await homeWithPhotos()
    const recipient = await recipientIn(here)
    const conf = { s3_bucket: 'my-backups', region_name: region, compression: 'zstd', recipients: recipient }
    await here.write('.bakthat.yml', JSON.stringify({ default: conf }))
    const { stored_filename } = JSON.parse(await here.says('bakthat backup photos --json', env)) as {
      stored_filename: string
    }

    await rm(here.path('bin'), { recursive: true })
    const line = cookbook.line('aws s3 cp').replace(/photos\.\d+\.tar\.zst\.age/, stored_filename)
    await here.says(`mkdir back; ${line}`, { ...env, AWS_ENDPOINT_URL: s3.endpoint, AWS_DEFAULT_REGION: region })
    expect(await readFile(here.path('back/photos/beach.txt'), 'utf8')).toBe('sand')
  })
})
