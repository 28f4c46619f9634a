import preset from '@bakthat/jest-config'

// Programs that read the whole repository take their time on a busy machine.
export default { ...preset, testTimeout: 180_000 }
