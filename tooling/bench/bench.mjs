import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { contestants, makeKey } from './lib/contestants.mjs'
import { buildLargeFile } from './lib/large-file.mjs'
import { help, readOptions } from './lib/options.mjs'
import { race } from './lib/race.mjs'
import { measureStartup, rows } from './lib/startup.mjs'
import { table, timeRows, verdict } from './lib/table.mjs'
import { awsCli, s3Contestants } from './lib/s3-contestants.mjs'
import { buildTree } from './lib/tree.mjs'

const mebibyte = 1024 * 1024
const options = readOptions(process.argv.slice(2))
if (options.help) console.log(help)
else await bench(options)

async function bench({ place, runs, files, size, large, scratch: parent }) {
  const scratch = mkdtempSync(join(parent, 'bakthat-bench-'))
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))

  describeMachine(place)
  const key = makeKey(scratch)
  const everybody = place === 's3' ? s3Contestants(key, scratch) : contestants(key)
  const surroundings = { scratch, runs, say }
  const small = await raceOverTree(everybody, files, surroundings)
  const big = await race(everybody, largeFile(scratch, size), surroundings)
  if (place === 's3') return reportS3({ small, big, size })

  const huge = large
    ? await race({ bakthat: everybody.bakthat }, largeFile(scratch, 4096), { ...surroundings, runs: 1 })
    : undefined
  say('start-up')
  report({ small, big, huge, size, startup: await measureStartup({ scratch, runs: Math.max(runs, 5) }) })
}

/** Many small files, removed afterwards. */
async function raceOverTree(everybody, files, surroundings) {
  const tree = join(surroundings.scratch, 'tree')
  mkdirSync(tree)
  const built = buildTree(tree, files)
  say(`tree: ${built.files} files, ${(built.bytes / mebibyte).toFixed(0)} MiB`)
  const results = await race(everybody, tree, surroundings)
  rmSync(tree, { recursive: true })
  return results
}

/** One big file; the one before it makes room. */
function largeFile(scratch, size) {
  const path = join(scratch, 'large.bin')
  rmSync(path, { force: true })
  buildLargeFile(path, size * mebibyte)
  say(`file: ${size} MiB`)
  return path
}

function report({ small, big, huge, size, startup }) {
  const sizes = [
    ['small files', small],
    [`one file of ${size} MiB`, big],
    ...(huge ? [['one file of 4096 MiB', huge]] : []),
  ]
  print(sizes, [
    ...sizes.slice(0, 2).flatMap(([name, results]) => againstShell(name, results)),
    ...againstRestic(small),
    ...sizes.flatMap(([name, results]) => memoryVerdicts(name, results)),
    verdict(`bakthat show, ${rows} rows`, startup.show * 1000, {
      atMost: 250,
      unit: 'ms',
      detail: `bakthat --version ${ms(startup.version)}, node -e 0 ${ms(startup.node)}`,
    }),
  ])
}

function reportS3({ small, big, size }) {
  const sizes = [
    ['small files', small],
    [`one file of ${size} MiB`, big],
  ]
  print(sizes, [
    ...sizes.flatMap(([name, results]) => againstEverybody(name, results)),
    ...sizes.flatMap(([name, results]) => memoryVerdicts(name, results)),
  ])
}

function print(sizes, verdicts) {
  const times = sizes.flatMap(([name, results]) => timeRows(name, results))
  console.log(`\n${table(['what', 'who', 'median', 'range', 'CPU', 'peak memory'], times)}\n`)
  console.log(table(['what', 'measured', 'target', 'verdict', 'detail'], verdicts))
}

/** Over S3, to be faster than each of them. */
function againstEverybody(name, { bakthat, ...others }) {
  return ['backup', 'restore'].flatMap((action) =>
    Object.entries(others).map(([who, other]) =>
      verdict(`${who} ÷ ${action} of ${name}`, other[action].wall / bakthat[action].wall, {
        atLeast: 1,
        detail: `CPU ${(bakthat[action].cpu / other[action].cpu).toFixed(2)} ×`,
      }),
    ),
  )
}

function againstShell(name, { bakthat, shell }) {
  return ['backup', 'restore'].map((action) =>
    verdict(`${action} of ${name} ÷ tar, zstd and age`, bakthat[action].wall / shell[action].wall, {
      atMost: 1.3,
      detail: `CPU ${(bakthat[action].cpu / shell[action].cpu).toFixed(2)} ×`,
    }),
  )
}

function againstRestic({ bakthat, restic }) {
  return [
    verdict('restic ÷ backup of small files', restic.backup.wall / bakthat.backup.wall, { atLeast: 2.5 }),
    verdict('restic ÷ restore of small files', restic.restore.wall / bakthat.restore.wall, { atLeast: 2 }),
  ]
}

function memoryVerdicts(name, { bakthat }) {
  return ['backup', 'restore'].map((action) =>
    verdict(`peak memory, ${action} of ${name}`, bakthat[action].memory / 1e6, { atMost: 300, unit: 'MB' }),
  )
}

function describeMachine(place) {
  const version = (command, ...args) => execFileSync(command, args, { encoding: 'utf8' }).split('\n')[0]
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.versions.node}`,
  )
  console.log(
    [
      version('tar', '--version'),
      version('zstd', '--version'),
      `age ${version('age', '--version')}`,
      version('restic', 'version'),
      ...(place === 's3' ? [version('rclone', 'version'), version(awsCli, '--version')] : []),
    ].join('; '),
  )
}

function ms(seconds) {
  return `${(seconds * 1000).toFixed(0)} ms`
}

/** What is going on, for whoever waits; the tables go to standard output alone. */
function say(text) {
  process.stderr.write(`${text}\n`)
}
