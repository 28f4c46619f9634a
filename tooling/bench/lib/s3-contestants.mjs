import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { bakthatCommand, privateEnvironment } from './contestants.mjs'
import { measure } from './measure.mjs'
import { startServer } from './s3-server.mjs'

const bucket = 'bench'

/** That of the system, and not one that a version manager of Python puts before it. */
export const awsCli = existsSync('/usr/bin/aws') ? '/usr/bin/aws' : 'aws'
const copy = `${awsCli} --endpoint-url "$AWS_ENDPOINT_URL" s3 cp --quiet`

/**
 * Who is measured over S3. Each run has a server of its own, in a process of its own, which is started before and ends
 * after it: what it does is in no account of a contestant's processor time and memory.
 */
export function s3Contestants(key, scratch) {
  const all = {
    bakthat: bakthat(key),
    restic: restic(),
    rclone: pipeline(key, {
      store: `rclone rcat there:${bucket}/archive`,
      fetch: `rclone cat there:${bucket}/archive`,
    }),
    'aws s3 cp': pipeline(key, {
      store: `${copy} - s3://${bucket}/archive`,
      fetch: `${copy} s3://${bucket}/archive -`,
    }),
  }
  return Object.fromEntries(Object.entries(all).map(([name, contestant]) => [name, served(contestant, scratch)]))
}

/** Gives each place a server as long as it lasts. */
function served({ prepare, backup, restore, ...rest }, scratch) {
  const servers = new Map()
  return {
    ...rest,
    async prepare(place) {
      const server = await startServer(bucket, scratch)
      servers.set(place, server)
      await prepare?.(place, server)
    },
    backup: (subject, place) => backup(subject, place, servers.get(place)),
    restore: (subject, place) => restore(subject, place, servers.get(place)),
    finish: (place) => servers.get(place)?.stop(),
  }
}

function bakthat({ identity, recipient }) {
  const run = (place, ...args) =>
    measure(process.execPath, [bakthatCommand, ...args, '--quiet', '--prompt', 'no'], {
      env: privateEnvironment(place),
    })
  return {
    prepare(place, { endpoint, accessKeyId, secretAccessKey }) {
      const profile = {
        s3_bucket: bucket,
        endpoint,
        access_key: accessKeyId,
        secret_key: secretAccessKey,
      }
      writeFileSync(join(place, '.bakthat.yml'), JSON.stringify({ default: profile }), { mode: 0o600 })
    },
    backup: (subject, place) =>
      run(place, 'backup', subject, '-d', 's3', '--recipient', recipient, '--compression', 'zstd', '--level', '3'),
    restore: (subject, place) =>
      run(place, 'restore', basename(subject), '-d', 's3', '--to', join(place, 'restored'), '--identity', identity),
    restored: (subject, place) => join(place, 'restored', basename(subject)),
  }
}

function pipeline({ identity, recipient }, { store, fetch }) {
  const run = (place, server, script) =>
    measure('bash', ['-o', 'pipefail', '-c', script], { cwd: place, env: awsEnvironment(place, server) })
  return {
    backup: (subject, place, server) =>
      run(
        place,
        server,
        `tar -C '${dirname(subject)}' -cf - '${basename(subject)}' | zstd -q -3 -T0 | age -r ${recipient} | ${store}`,
      ),
    restore: (_, place, server) => {
      mkdirSync(join(place, 'restored'))
      return run(place, server, `${fetch} | age -d -i '${identity}' | zstd -q -d | tar -C restored -xf -`)
    },
    // GNU tar's own format keeps whole seconds.
    timeToleranceNs: 1_000_000_000n,
    restored: (subject, place) => join(place, 'restored', basename(subject)),
  }
}

function restic() {
  const environment = (place, server) => ({
    ...awsEnvironment(place, server),
    RESTIC_REPOSITORY: `s3:${server.endpoint}/${bucket}/repository`,
    RESTIC_PASSWORD: 'benchmark',
    RESTIC_CACHE_DIR: join(place, 'cache'),
  })
  return {
    prepare: (place, server) =>
      execFileSync('restic', ['init', '--quiet'], { env: environment(place, server), stdio: 'ignore' }),
    backup: (subject, place, server) =>
      measure('restic', ['backup', '--quiet', subject], { env: environment(place, server) }),
    restore: (_, place, server) =>
      measure('restic', ['restore', 'latest', '--quiet', '--target', join(place, 'restored')], {
        env: environment(place, server),
      }),
    restored: (subject, place) => join(place, 'restored', subject),
  }
}

/** An environment in which the AWS CLI, rclone (as `there:`) and restic find the server and nothing of the user's own. */
function awsEnvironment(place, { endpoint, accessKeyId, secretAccessKey, region }) {
  return {
    PATH: process.env.PATH,
    HOME: place,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_THERE_TYPE: 's3',
    RCLONE_CONFIG_THERE_PROVIDER: 'Other',
    RCLONE_CONFIG_THERE_ENV_AUTH: 'true',
    RCLONE_CONFIG_THERE_ENDPOINT: endpoint,
    RCLONE_CONFIG_THERE_REGION: region,
    RCLONE_CONFIG_THERE_NO_CHECK_BUCKET: 'true',
  }
}
