import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { atHome, bin, canMount, execute, has, type Home, type Run } from './support/bin.js'
import { commandOfCronLine } from './support/schedule-readers.js'

/** Keeps one table, as cron's `crontab` does. */
const crontab = `
case "$1" in
  -l) [ -f "$HOME/table" ] || { echo "no crontab for somebody" >&2; exit 1; }; cat "$HOME/table" ;;
  -) cat > "$HOME/table" ;;
  *) exit 64 ;;
esac`

/** Knows the units that are there after a \`daemon-reload\`, and no others. */
const systemctl = `
[ "$1" = --user ] || exit 64
echo "$2 $3 $4" >> "$HOME/systemctl.log"
units="$HOME/.config/systemd/user"
for unit; do :; done
case "$2" in
  show-environment) ;;
  daemon-reload) ls "$units" > "$HOME/loaded" ;;
  enable | restart) grep -qx "$unit" "$HOME/loaded" || { echo "Unit $unit not found." >&2; exit 5; }; touch "$HOME/$2d-$unit" ;;
  disable) rm -f "$HOME/enabled-$unit" "$HOME/restartd-$unit" ;;
  *) exit 64 ;;
esac`

/** Loads an agent once, until it is booted out. */
const launchctl = `
case "$1" in
  print) ;;
  bootout) agent="\${2##*/}"; [ -f "$HOME/agent-$agent" ] || exit 3; rm "$HOME/agent-$agent" ;;
  bootstrap) agent=$(basename "$3" .plist); [ -f "$HOME/agent-$agent" ] && exit 5; touch "$HOME/agent-$agent" ;;
  *) exit 64 ;;
esac`

const absent = 'exit 1'

const onTerminal = has('python3') ? it : it.skip

/** A home on a machine with these schedulers. */
async function onMachine(
  programs: { readonly crontab?: string; readonly systemctl?: string; readonly launchctl?: string },
  test: (home: Home, schedule: (...argv: string[]) => ReturnType<Home['run']>) => Promise<void>,
): Promise<void> {
  await atHome(async (home) => {
    mkdirSync(home.join('bin'))
    const all = { crontab: absent, systemctl: absent, launchctl: absent, ...programs }
    for (const [name, script] of Object.entries(all)) {
      writeFileSync(home.join('bin', name), `#!/bin/sh\n${script}\n`)
      chmodSync(home.join('bin', name), 0o755)
    }
    mkdirSync(home.join('photos'))
    writeFileSync(home.join('photos', 'beach.txt'), 'sand')
    const env = { PATH: `${home.join('bin')}:/usr/bin:/bin` }
    await test(home, (...argv) => home.run(['schedule', ...argv], { env }))
  })
}

describe('schedules of cron', () => {
  it('leave the other lines of a crontab byte by byte as they are', () =>
    onMachine({ crontab }, async (home, schedule) => {
      const line = fc.constantFrom(
        '0 5 * * 1 tar -zcf /var/backups/home.tgz /home/',
        '# bakthat schedule',
        '#0 3 * * * bakthat backup # bakthat schedule photos',
        '0 3 * * * bakthat backup # bakthat schedule photos2',
        '# bakthat schedule photos.old {"times":"hourly"}',
        'MAILTO="a@b"',
        '',
        ' \t% é\r',
      )
      const tables = fc.array(line, { maxLength: 5 }).map((lines) => lines.map((text) => `${text}\n`).join(''))
      const holds = fc.asyncProperty(tables, tables, async (before, after) => {
        writeFileSync(home.join('table'), before)
        await schedule('add', 'photos', '--daily', '03:00', '--', 'photos')
        const added = readFileSync(home.join('table'), 'utf8')
        expect(added.startsWith(before)).toBe(true)
        writeFileSync(home.join('table'), added + after)
        await schedule('add', 'photos', '--daily', '03:00', '--', 'photos')
        expect(readFileSync(home.join('table'), 'utf8')).toBe(added + after)
        await schedule('add', 'photos', '--hourly', '--', 'photos')
        const changed = readFileSync(home.join('table'), 'utf8')
        expect(changed.startsWith(`${before}# bakthat schedule photos {"times":"hourly"`)).toBe(true)
        expect(changed.endsWith(`\n${after}`)).toBe(true)
        await schedule('remove', 'photos')
        expect(readFileSync(home.join('table'), 'utf8')).toBe(before + after)
      })
      await fc.assert(holds, { seed: 20260316, numRuns: 4 })
    }))

  it('back up, and say nothing where all is well', () =>
    onMachine({ crontab }, async (home, schedule) => {
      const added = await schedule('add', 'photos', '--daily', '03:00', '--', 'photos', '--exclude', '50%\\%')
      expect(added).toMatchObject({ status: 0 })
      expect(added.stdout).toMatch(/^scheduled photos\n {2}when +daily 03:00, by cron\n/)
      const command = commandOfCronLine(`${readFileSync(home.join('table'), 'utf8').split('\n')[1]!}\n`)
      const done = await execute('/bin/sh', ['-c', command], { cwd: '/', env: { HOME: home.path } })
      expect(done).toEqual({ status: 0, stdout: '', stderr: '' })
      expect((await home.run(['show'])).stdout).toMatch(/ photos/)
    }))

  it('are added for what is not there yet, with a word about it', () =>
    onMachine({ crontab }, async (_, schedule) => {
      const said = async (path: string): Promise<string> =>
        (await schedule('add', 'photos', '--hourly', '--', path)).stderr
      expect(await said('fotos')).toContain('fotos is not there at this moment')
      expect(await said('photos')).not.toContain('not there')
    }))

  it('are not written where the table cannot be read', () =>
    onMachine({ crontab: 'echo "$1" >> "$HOME/calls"; echo denied >&2; exit 1' }, async (home, schedule) => {
      const refused = await schedule('add', 'photos', '--hourly', '--scheduler', 'cron', '--', 'photos')
      expect(refused).toMatchObject({ status: 1, stdout: '' })
      expect(refused.stderr).toContain('crontab -l does not list the table')
      expect(readFileSync(home.join('calls'), 'utf8')).not.toMatch(/^-$/m)
    }))
})

describe('schedules of systemd', () => {
  const timer = 'bakthat-photos.timer'

  it('are two units of the user, enabled and started, and go again', () =>
    onMachine({ systemctl, crontab }, async (home, schedule) => {
      const units = home.join('.config', 'systemd', 'user')
      const files = [`${units}/bakthat-photos.service`, `${units}/${timer}`]
      const started = [`enabled-${timer}`, `restartd-${timer}`].map((name) => home.join(name))
      const added = await schedule('add', 'photos', '--daily', '03:00', '--', 'photos')
      expect(added.stdout).toMatch(/by systemd\n[^]*bakthat-photos\.service\n[^]*bakthat-photos\.timer\n$/)
      expect([...files, ...started].map((path) => existsSync(path))).toEqual([true, true, true, true])
      expect(statSync(files[0]!).mode & 0o777).toBe(0o600)
      const texts = files.map((path) => readFileSync(path, 'utf8'))
      await schedule('add', 'photos', '--daily', '03:00', '--', 'photos')
      expect(files.map((path) => readFileSync(path, 'utf8'))).toEqual(texts)
      expect(await schedule('remove', 'photos')).toEqual({
        status: 0,
        stdout: 'removed the schedule photos\n',
        stderr: '',
      })
      expect([...files, ...started].map((path) => existsSync(path))).toEqual([false, false, false, false])
      expect(readFileSync(home.join('systemctl.log'), 'utf8').trimEnd().endsWith('daemon-reload')).toBe(true)
    }))

  it('take the place of one of that name in cron', () =>
    onMachine({ systemctl, crontab }, async (home, schedule) => {
      await schedule('add', 'photos', '--hourly', '--scheduler', 'cron', '--', 'photos')
      await schedule('add', 'photos', '--hourly', '--', 'photos')
      expect(readFileSync(home.join('table'), 'utf8')).toBe('')
      expect(JSON.parse((await schedule('list', '--json')).stdout)).toMatchObject([{ scheduler: 'systemd' }])
    }))

  it('are removed by the same command again where they could not be removed whole', () =>
    onMachine({ systemctl }, async (home, schedule) => {
      await schedule('add', 'photos', '--hourly', '--', 'photos')
      const service = home.join('.config', 'systemd', 'user', 'bakthat-photos.service')
      rmSync(service)
      mkdirSync(service)
      expect(await schedule('remove', 'photos')).not.toMatchObject({ status: 0 })
      rmdirSync(service)
      expect(await schedule('remove', 'photos')).toMatchObject({ status: 0 })
      expect(readdirSync(dirname(service))).toEqual([])
    }))

  it('never replace or remove a unit that is somebody else’s', () =>
    onMachine({ systemctl }, async (home, schedule) => {
      const path = home.join('.config', 'systemd', 'user', timer)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, '[Timer]\nOnCalendar=daily\n')
      expect(await schedule('add', 'photos', '--hourly', '--', 'photos')).toMatchObject({ status: 1 })
      expect(await schedule('remove', 'photos')).toMatchObject({ status: 4 })
      expect(readFileSync(path, 'utf8')).toBe('[Timer]\nOnCalendar=daily\n')
    }))

  ;(canMount ? it : it.skip)('leave nothing half-written on a full disk', () =>
    onMachine({ systemctl }, async (home, schedule) => {
      const units = home.join('.config', 'systemd', 'user')
      mkdirSync(units, { recursive: true })
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', units])
      try {
        writeFileSync(`${units}/fill`, Buffer.alloc(4096))
        const { status, stderr } = await schedule('add', 'photos', '--hourly', '--', 'photos')
        expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('no space left') as unknown })
        expect(readdirSync(units)).toEqual(['fill'])
      } finally {
        spawnSync('umount', [units])
      }
    }),
  )

  it('say what systemd says where it refuses', () =>
    onMachine({ systemctl: `[ "$2" = show-environment ] || { echo no bus >&2; exit 1; }` }, async (_, schedule) => {
      const { status, stderr } = await schedule('add', 'photos', '--hourly', '--', 'photos')
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringContaining('systemctl --user daemon-reload failed: no bus') as unknown,
      })
    }))

  it('are not listed where systemd did not take them, but stay where it had taken those before', () =>
    onMachine({ systemctl: `[ "$2" != restart ] || [ ! -e "$HOME/refusing" ]` }, async (home, schedule) => {
      const add = (time: string): Promise<Run> => schedule('add', 'photos', '--daily', time, '--', 'photos')
      const listed = async (): Promise<unknown> => JSON.parse((await schedule('list', '--json')).stdout) as unknown
      writeFileSync(home.join('refusing'), '')
      expect(await add('03:00')).toMatchObject({ status: 1 })
      expect(await listed()).toEqual([])
      expect(readdirSync(home.join('.config', 'systemd', 'user'))).toEqual([])
      rmSync(home.join('refusing'))
      expect(await add('03:00')).toMatchObject({ status: 0 })
      writeFileSync(home.join('refusing'), '')
      expect(await add('04:00')).toMatchObject({ status: 1 })
      expect(await listed()).toMatchObject([{ name: 'photos' }])
    }))
})

describe('schedules of launchd', () => {
  it('are agents, loaded anew when they change, and go again', () =>
    onMachine({ launchctl, crontab }, async (home, schedule) => {
      const paths = [home.join('Library', 'LaunchAgents', 'bakthat.photos.plist'), home.join('agent-bakthat.photos')]
      for (const when of ['03:00', '04:00']) {
        const added = await schedule('add', 'photos', '--daily', when, '--', 'photos')
        expect(added).toMatchObject({
          status: 0,
          stdout: expect.stringContaining(`daily ${when}, by launchd`) as unknown,
        })
      }
      expect(paths.map((path) => existsSync(path))).toEqual([true, true])
      expect(await schedule('remove', 'photos')).toMatchObject({ status: 0 })
      expect(paths.map((path) => existsSync(path))).toEqual([false, false])
    }))
})

describe('schedules', () => {
  it('are listed with what they do', () =>
    onMachine({ crontab }, async (home, schedule) => {
      expect(await schedule('list')).toMatchObject({
        status: 0,
        stdout: '',
        stderr: expect.stringContaining('nothing') as unknown,
      })
      await schedule('add', 'photos', '--weekly', 'sunday 03:00', '--', 'photos', '-t', 'a b')
      await schedule('add', 'all', '--hourly', '--')
      expect((await schedule('list')).stdout).toBe(
        `photos  cron  weekly sunday 03:00    bakthat backup photos -t 'a b'  ${home.path}\n` +
          `all     cron  hourly                 bakthat backup                  ${home.path}\n`,
      )
      expect(JSON.parse((await schedule('list', '--json')).stdout)).toEqual([
        {
          name: 'photos',
          scheduler: 'cron',
          times: 'weekly sunday 03:00',
          directory: home.path,
          words: ['photos', '-t', 'a b'],
          rotate: false,
        },
        { name: 'all', scheduler: 'cron', times: 'hourly', directory: home.path, words: [], rotate: false },
      ])
    }))

  onTerminal('are listed without a line that is broken', () =>
    onMachine({ crontab }, async (home, schedule) => {
      await schedule('add', 'photos', '--weekly', 'sunday 03:00', '--', 'photos', '-t', 'a b')
      const env = { PATH: home.join('bin') + ':' + home.env['PATH']!, NO_COLOR: '1' }
      const { screen } = await home.onTerminal(['schedule', 'list'], [], { columns: 50, env })
      expect(screen.replaceAll('\r', '')).toBe(
        'photos\n' +
          '  when      weekly sunday 03:00, by cron\n' +
          "  runs      bakthat backup photos -t 'a b'\n" +
          `  in        ${home.path}\n` +
          '  rotation  none\n',
      )
    }),
  )

  it('are told of in words where their directory is none, or one of them cannot be read', () =>
    onMachine({ systemctl }, async (home, schedule) => {
      mkdirSync(home.join('.config'))
      writeFileSync(home.join('.config', 'systemd'), '')
      expect(await schedule('list')).toMatchObject({ status: 0, stdout: '' })
      const added = await schedule('add', 'photos', '--hourly', '--', 'photos')
      expect(added).toMatchObject({ status: 2, stderr: expect.stringContaining('check the path') as unknown })
      rmSync(home.join('.config', 'systemd'))
      mkdirSync(home.join('.config', 'systemd', 'user', 'bakthat-photos.timer'), { recursive: true })
      expect((await schedule('list')).stderr).toMatch(/bakthat-photos\.timer is a directory\n/)
    }))

  it('that are not there cannot be removed', () =>
    onMachine({ crontab }, async (_, schedule) => {
      expect(await schedule('remove', 'photos')).toEqual({
        status: 4,
        stdout: '',
        stderr: 'error: there is no schedule "photos"\n  hint: bakthat schedule list shows them\n',
      })
    }))

  it('take a scheduler that was stopped for no answer', () =>
    onMachine({ systemctl: 'kill -INT $$', crontab }, async (home, schedule) => {
      expect(await schedule('add', 'photos', '--hourly', '--', 'photos')).toMatchObject({ status: 130, stdout: '' })
      expect(existsSync(home.join('table'))).toBe(false)
    }))

  it('are not said to be gone by a scheduler that was stopped', () =>
    onMachine({ crontab: 'kill -INT $$' }, async (_, schedule) => {
      expect(await schedule('remove', 'photos')).toMatchObject({ status: 130 })
      expect(await schedule('list')).toMatchObject({ status: 130 })
    }))

  it('are refused where the machine has nothing that keeps them, and not installed by --print', () =>
    onMachine({}, async (home, schedule) => {
      expect(await schedule('add', 'photos', '--hourly', '--', 'photos')).toMatchObject({ status: 1 })
      const shown = await schedule('add', 'photos', '--hourly', '--scheduler', 'systemd', '--print', '--', 'photos')
      expect(shown).toMatchObject({ status: 0, stdout: expect.stringMatching(/\.service\n[^]*\.timer\n/) as unknown })
      expect(existsSync(home.join('.config'))).toBe(false)
    }))

  it('rotate where the profile has rules, unless that is not wanted', () =>
    onMachine({ crontab }, async (home, schedule) => {
      const lineOf = (): string => readFileSync(home.join('table'), 'utf8').split('\n')[1]!
      const without = await schedule('add', 'photos', '--hourly', '--', 'photos')
      expect(without.stderr).toContain('old backups stay: the profile default has no rotation')
      expect(lineOf()).toContain(`${bin} backup --quiet photos`)
      writeFileSync(home.join('.bakthat.yml'), 'default:\n  rotation: { days: 7 }\n', { mode: 0o600 })
      expect((await schedule('add', 'photos', '--hourly', '--', 'photos')).stderr).not.toContain('old backups')
      expect(lineOf()).toContain(`${bin} backup --rotate --quiet photos`)
      await schedule('add', 'photos', '--hourly', '--no-rotate', '--', 'photos')
      expect(lineOf()).toContain(`${bin} backup --quiet photos`)
    }))
})
