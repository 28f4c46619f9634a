import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { measure } from './measure.mjs'

export const bakthatCommand = resolve(import.meta.dirname, '../../../apps/cli/bin/bakthat.js')

/** One recipient for all who encrypt to one. */
export function makeKey(scratch) {
  const identity = join(scratch, 'key.txt')
  execFileSync('age-keygen', ['-o', identity], { stdio: 'ignore' })
  return { identity, recipient: /age1\w+/.exec(readFileSync(identity, 'utf8'))[0] }
}

/** An environment in which Bakthat finds nothing but what is in `home`. */
export function privateEnvironment(home) {
  const env = {
    ...process.env,
    HOME: home,
    XDG_DATA_HOME: join(home, 'data'),
    BAKTHAT_DATABASE: join(home, 'catalog.sqlite'),
  }
  delete env.BAKTHAT_CONFIG
  delete env.BAKTHAT_PASSWORD
  return env
}

/**
 * Who is measured. `backup` and `restore` get a fresh `place` of their own for each run; `restore` follows `backup` in
 * the same place, writes below `place/restored`, and `restored` says where the subject is found then. What comes before
 * and after, `prepare` and `finish`, is not measured.
 */
export function contestants(key) {
  return { bakthat: bakthat(key), shell: shell(key), restic: restic() }
}

function bakthat({ identity, recipient }) {
  const run = (place, ...args) =>
    measure(process.execPath, [bakthatCommand, ...args, '--quiet', '--prompt', 'no'], {
      env: privateEnvironment(place),
    })
  return {
    backup: (subject, place) =>
      run(place, 'backup', subject, '--recipient', recipient, '--compression', 'zstd', '--level', '3'),
    restore: (subject, place) =>
      run(place, 'restore', basename(subject), '--to', join(place, 'restored'), '--identity', identity),
    restored: (subject, place) => join(place, 'restored', basename(subject)),
  }
}

function shell({ identity, recipient }) {
  const run = (place, script) => measure('bash', ['-o', 'pipefail', '-c', script], { cwd: place })
  return {
    backup: (subject, place) =>
      run(
        place,
        `tar -C '${dirname(subject)}' -cf - '${basename(subject)}' | zstd -q -3 -T0 | age -r ${recipient} > archive`,
      ),
    restore: (_, place) => {
      mkdirSync(join(place, 'restored'))
      return run(place, `age -d -i '${identity}' archive | zstd -q -d | tar -C restored -xf -`)
    },
    // GNU tar's own format keeps whole seconds.
    timeToleranceNs: 1_000_000_000n,
    restored: (subject, place) => join(place, 'restored', basename(subject)),
  }
}

function restic() {
  const environment = (place) => ({
    ...process.env,
    HOME: place,
    RESTIC_REPOSITORY: join(place, 'repository'),
    RESTIC_PASSWORD: 'benchmark',
    RESTIC_CACHE_DIR: join(place, 'cache'),
  })
  return {
    prepare: (place) => execFileSync('restic', ['init', '--quiet'], { env: environment(place), stdio: 'ignore' }),
    backup: (subject, place) => measure('restic', ['backup', '--quiet', subject], { env: environment(place) }),
    restore: (_, place) =>
      measure('restic', ['restore', 'latest', '--quiet', '--target', join(place, 'restored')], {
        env: environment(place),
      }),
    restored: (subject, place) => join(place, 'restored', subject),
  }
}
