import { writeProfile } from '@bakthat/config'
import { BakthatError } from '@bakthat/errors'
import type { SimulateResult } from 'bakthat'
import { defineCommand } from '../command.js'
import { defined } from '../given.js'
import { profileOptions, promptOption } from '../options.js'
import { rotationSavedOutcome } from '../outcomes/configure-rotation.js'
import { simulationText } from '../outcomes/simulation.js'
import { rotationOf, rotationOptions, type Rotation } from '../rotation-options.js'
import { plainStyle } from '../print/style.js'
import { currentConf, isNew } from '../setup/profile.js'
import { askRotation, rotationChanges } from '../setup/rotation.js'

export const configureRotation = defineCommand({
  arguments: [],
  options: { ...rotationOptions, ...profileOptions, prompt: promptOption },
  examples: [
    ['bakthat configure-rotation', 'answer some questions, and see what it comes to'],
    ['bakthat configure-rotation --days 7 --weeks 6 --months 6', 'without any'],
  ],
  async run(given, { questions, withBakthat }) {
    const conf = await currentConf(given)
    const { rotation: current = {} } = conf
    const simulate = (rotation: Rotation): Promise<SimulateResult> =>
      withBakthat({ conf: { rotation: current } }, (bakthat) =>
        bakthat.simulateRotation({ rotation, span: '1Y', every: '1D' }),
      )
    const rules = rotationOf(given)
    const person = rules === undefined ? await questions.interview() : undefined
    const rotation =
      rules ??
      (person &&
        (await askRotation(person, current, async (tried) =>
          simulationText(await simulate(tried), plainStyle, person.columns),
        )))
    if (rotation === undefined)
      throw new BakthatError('INVALID_INPUT', 'there is nobody to ask, and no rule was given', {
        hint: 'for example: bakthat configure-rotation --days 7 --weeks 6 --months 6',
      })
    const simulation = await simulate(rotation)
    // A profile that says nothing of it compresses as the Python tool did.
    const changes = { ...rotationChanges(rotation), ...(isNew(conf) && { compression: 'zstd' }) }
    const written = await writeProfile({ ...defined({ file: given.config, profile: given.profile }), changes })
    return rotationSavedOutcome({ ...written, simulation, isNewProfile: isNew(conf), isSeen: person !== undefined })
  },
})
