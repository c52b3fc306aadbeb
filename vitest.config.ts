import { defineConfig } from 'vitest/config'

const minutes = 60_000

/** Half of all the time that unit tests take: in `npm test`, not in `npm run check`. */
const long = ['test/stories/reliability.test.ts', 'test/core/fuzz.test.ts']

const config: ReturnType<typeof defineConfig> = defineConfig({
  test: {
    // By default one core is left idle; of two, that is half of them.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          // No module keeps state (style §3), so files may share a worker and its loaded modules.
          isolate: false,
          include: ['test/**/*.test.ts'],
          // For what hangs. On a busy machine a story takes ten times as long as on an idle one.
          testTimeout: 10 * minutes,
          exclude: [
            'test/contract/**',
            'test/cluster/**',
            'test/mesh/**',
            'test/package/**',
            'test/conformance/**',
            ...long,
          ],
        },
      },
      { test: { name: 'long', isolate: false, include: long, testTimeout: 10 * minutes } },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'] } },
      {
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          testTimeout: minutes / 2,
        },
      },
      {
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          testTimeout: 3 * minutes,
          hookTimeout: 3 * minutes,
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 10 * minutes,
          hookTimeout: 5 * minutes,
        },
      },
      {
        test: {
          name: 'mesh',
          include: ['test/mesh/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 10 * minutes,
          hookTimeout: 3 * minutes,
        },
      },
    ],
  },
})

export default config
