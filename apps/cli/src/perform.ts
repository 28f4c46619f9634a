import type { CommandRequest } from './cli.js'
import type { Context } from './context.js'
import { failureOf } from './failure.js'
import type { Host } from './host.js'
import { listenForSignals } from './interruption.js'
import { writeBytes } from './output.js'
import { someItemsFailed } from './outcome.js'
import { pluginLog } from './plugin-log.js'
import { showControls } from './print/width.js'
import { ProgressLine } from './progress-line.js'
import { TerminalQuestions } from './questions.js'
import { reportFailure, reportOutcome } from './report.js'

/** Runs a command, prints what came of it, and gives the exit status. */
export async function perform({ command, given, words, telling, prompt }: CommandRequest, host: Host): Promise<number> {
  const line = new ProgressLine(host, telling)
  const tell = (notice: string): void => {
    line.erase()
    if (!telling.quiet) host.stderr.write(`${showControls(notice)}\n`)
  }
  using interruption = listenForSignals(host, () => tell('stopping, cleaning up… (again to stop at once)'))
  const { signal } = interruption
  const questions = new TerminalQuestions(host, prompt, signal)
  const onProgress: Context['action']['onProgress'] = (progress) => line.update(progress)
  const action = { signal, onProgress, onNotice: tell }
  const plugins = { failed: false }
  const withBakthat: Context['withBakthat'] = async (settings, act) => {
    const log = pluginLog(host, telling.quiet, () => line.erase())
    const bakthat = await host.openBakthat(settings, log)
    plugins.failed ||= bakthat.plugins.some(({ state }) => state === 'failed')
    const stopListening =
      bakthat.plugins.length === 0
        ? undefined
        : host.onStrayError((error) => {
            plugins.failed = true
            log.warn(`a plugin failed outside of its handlers: ${failureOf(error, undefined).message}`)
          })
    try {
      for (const notice of bakthat.notices) tell(notice)
      return await act(bakthat)
    } finally {
      await bakthat.close()
      stopListening?.()
    }
  }
  try {
    const { env, stdout } = host
    const stdin: Context['stdin'] = () => {
      if (host.stdin.isTTY === true) tell('reading from the terminal; Ctrl-D ends it')
      return host.stdin
    }
    const writeOut: Context['writeOut'] = (bytes) => writeBytes(erasing(bytes, line), stdout, telling.json, signal)
    const context: Context = { env, stdin, writeOut, isForPrograms: telling.json, questions, action, withBakthat }
    const outcome = await command.run(given, context, words)
    line.erase()
    reportOutcome(outcome, host, telling)
    return (outcome.exitStatus ?? 0) || (plugins.failed ? someItemsFailed : 0)
  } catch (error) {
    line.erase()
    return reportFailure(failureOf(error, interruption.exitStatus), host, telling)
  }
}

/** Takes the progress line away before every chunk: both may go to one terminal. */
async function* erasing(bytes: AsyncIterable<Uint8Array>, line: ProgressLine): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    line.erase()
    yield chunk
  }
}
