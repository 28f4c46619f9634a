import { spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'

/** Between two looks at a process tree, in milliseconds. */
const sampleEvery = 20

/** Clock ticks a second in /proc: fixed at 100 on Linux. */
const ticks = 100

/**
 * Runs a program and measures it together with everything that it starts.
 *
 * `wall` (seconds) runs from spawning to the end of the last process. `cpu` (seconds) is the growth of this process's
 * own account of reaped children, which the kernel keeps for whole trees, in steps of 10 ms. `memory` (bytes) is the
 * largest sum, over the processes alive at one moment, of each one's `VmHWM`: the kernel's record of the most memory it
 * ever had resident. It misses no peak between two looks, is exact for a single process, and counts a little too much
 * for several, whose peaks need not coincide and who share libraries.
 */
export async function measure(command, args, { cwd, env, trackMemory = true } = {}) {
  const cpuBefore = childrenCpu()
  const started = performance.now()
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let memory = 0
  const look = () => {
    memory = Math.max(memory, treeMemory(child.pid))
  }
  const sampler = trackMemory ? setInterval(look, sampleEvery) : undefined
  const { status, output } = await ended(child)
  const wall = (performance.now() - started) / 1000
  clearInterval(sampler)
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${output}`)
  return { wall, cpu: childrenCpu() - cpuBefore, memory }
}

function ended(child) {
  return new Promise((resolve, reject) => {
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-4000)
      })
    }
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ status: code ?? signal, output }))
  })
}

/** CPU seconds of all children that this process has waited for, and of those that they waited for. */
function childrenCpu() {
  const stat = readFileSync('/proc/self/stat', 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / ticks
}

function treeMemory(pid) {
  let total = residentPeak(pid)
  for (const child of children(pid)) total += treeMemory(child)
  return total
}

function residentPeak(pid) {
  const match = /^VmHWM:\s+(\d+) kB/m.exec(readOrEmpty(`/proc/${pid}/status`))
  return match === null ? 0 : Number(match[1]) * 1024
}

function children(pid) {
  return threads(pid).flatMap((thread) =>
    readOrEmpty(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean),
  )
}

function threads(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return [] // It has ended meanwhile.
  }
}

function readOrEmpty(path) {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // It has ended meanwhile.
  }
}

export function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
