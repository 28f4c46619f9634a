import fc from 'fast-check'

// A test that passes must pass again. FAST_CHECK_SEED=… looks elsewhere.
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20260318) })
