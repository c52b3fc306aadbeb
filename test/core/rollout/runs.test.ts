import { describe, expect, test } from 'vitest'
import { at as inside, textAt } from '../../../src/core/json.ts'
import { tidy } from '../../../src/core/rollout/history.ts'
import { journalAnnotation, trialAnnotation } from '../../../src/core/rollout/keys.ts'
import { type PlannedRuns, planRuns } from '../../../src/core/rollout/runs.ts'
import { standingOf } from '../../../src/core/rollout/stage.ts'
import { at, type Differs, named, replicaSet, run, scene } from './build.ts'

const background = { metrics: [], args: [] }
const watched = { background, steps: 'setWeight 50 | pause' }
const inline = { steps: 'setWeight 50 | analysis', status: { currentStepIndex: 1 } }
const stepRun = { kind: 'Step', stepIndex: 1 } as const

describe('what is made and what is kept', () => {
  type Row = { readonly it: string; readonly sees: Differs; readonly does: string }
  const rows: readonly Row[] = [
    { it: 'a background run', sees: watched, does: 'goes by web-bbb-2; create web-bbb-2' },
    { it: 'a run of the step', sees: inline, does: 'goes by web-bbb-2-1; create web-bbb-2-1' },
    { it: 'none without a background', sees: {}, does: '' },
    { it: 'none before the ReplicaSet', sees: { ...watched, canary: undefined }, does: '' },
    {
      it: 'none on the first deployment',
      sees: { ...watched, status: { stableRS: undefined } },
      does: '',
    },
    {
      it: 'the one that status names',
      sees: { ...watched, ...known('web-bbb-2', 'Running') },
      does: 'goes by web-bbb-2',
    },
    {
      it: 'one that found nothing wrong is not made again',
      sees: { ...watched, ...known('web-bbb-2', 'Successful') },
      does: 'goes by web-bbb-2',
    },
    {
      it: 'one that is gone is made again',
      sees: { ...watched, status: { backgroundRun: named('web-bbb-2') } },
      does: 'goes by web-bbb-2; create web-bbb-2',
    },
    {
      it: 'one that an earlier pass made and could not record',
      sees: { ...watched, runs: [run('web-bbb-2', 'Running')] },
      does: 'goes by web-bbb-2',
    },
    {
      it: 'a failure that came before it was recorded',
      sees: { ...watched, ...began(0), runs: [run('web-bbb-2', 'Failed', { createdAt: at(1) })] },
      does: 'goes by web-bbb-2',
    },
    {
      it: 'not a failure of the try before',
      sees: { ...watched, ...began(5), runs: [run('web-bbb-2', 'Failed', { createdAt: at(1) })] },
      does: 'goes by web-bbb-2.1; create web-bbb-2.1',
    },
    {
      it: 'not one that was ended',
      sees: { ...watched, runs: [ended('web-bbb-2')] },
      does: 'goes by web-bbb-2.1; create web-bbb-2.1',
    },
    {
      it: 'not one that measures something else',
      sees: {
        ...watched,
        background: { metrics: [{ name: 'a', json: { name: 'a' } }], args: [] },
        runs: [run('web-bbb-2', 'Running')],
      },
      does: 'goes by web-bbb-2.1; create web-bbb-2.1; end web-bbb-2',
    },
    {
      it: 'the next free number',
      sees: { ...watched, runs: [ended('web-bbb-2'), ended('web-bbb-2.1'), ended('web-bbb-2.3')] },
      does: 'goes by web-bbb-2.2; create web-bbb-2.2',
    },
    {
      it: 'another one when a person resumes',
      sees: { ...watched, ...known('web-bbb-2', 'Inconclusive', { controllerPause: true }) },
      does: 'goes by web-bbb-2.1; create web-bbb-2.1',
    },
    {
      it: 'no other one before that',
      sees: {
        ...watched,
        ...known('web-bbb-2', 'Inconclusive', {
          pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: at(0) }],
        }),
      },
      does: 'goes by web-bbb-2',
    },
    {
      it: 'none while a question is open',
      sees: {
        ...watched,
        status: { pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: at(0) }] },
      },
      does: '',
    },
    {
      it: 'a run of another step ends',
      sees: { ...inline, runs: [run('web-bbb-2-0', 'Running', { ...stepRun, stepIndex: 0 })] },
      does: 'goes by web-bbb-2-1; create web-bbb-2-1; end web-bbb-2-0',
    },
    {
      it: 'an abort ends all',
      sees: {
        ...watched,
        runs: [run('web-bbb-2', 'Running')],
        status: { abort: true, backgroundRun: named('web-bbb-2') },
      },
      does: 'goes by web-bbb-2; end web-bbb-2',
    },
    {
      it: 'promote --full ends all',
      sees: { ...watched, runs: [run('web-bbb-2', 'Running')], status: { promoteFull: true } },
      does: 'end web-bbb-2',
    },
    {
      it: 'the background goes on while all traffic moves',
      sees: { ...watched, ...known('web-bbb-2', 'Running', { currentStepIndex: 2 }) },
      does: 'goes by web-bbb-2',
    },
    {
      it: "a run of the user's own is left alone",
      sees: { runs: [run('mine', 'Running', { kind: 'other' })] },
      does: '',
    },
    {
      it: 'one that is ending already is not told again',
      sees: { runs: [ended('web-bbb-2')] },
      does: '',
    },
  ]

  test.for(rows)('$it: $does', ({ sees, does }) => {
    expect(words(planned(sees))).toBe(does)
  })
})

test('what a run carries: labels, revision, owner, whom it compares since when', () => {
  const metrics = [{ name: 'a', json: { name: 'a', provider: { plugin: {} } } }]
  const args = [{ name: 'x', value: '{{y}}', from: undefined }]
  const analysis = { templates: [], args: [], labels: { team: 'shop' }, annotations: { note: 'n' } }
  const canary = { ...scene().spec.canary, background: { ...analysis, startingStep: 0 } }
  const [action] = planned({
    ...watched,
    ...began(5),
    background: { metrics, args },
    spec: { canary },
  }).actions
  const json = action?.kind === 'create' ? action.object.json : undefined
  expect(json).toMatchObject({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: {
      name: 'web-bbb-2',
      namespace: 'shop',
      labels: {
        team: 'shop',
        app: 'web',
        'rollouts-pod-template-hash': 'bbb',
        'rollout-type': 'Background',
      },
      annotations: { note: 'n', 'rollout.argoproj.io/revision': '2' },
      ownerReferences: [{ kind: 'Rollout', name: 'web', uid: 'u', controller: true }],
    },
    spec: {
      metrics: [{ name: 'a', provider: { plugin: {} } }],
      args: [{ name: 'x', value: '{{y}}' }],
    },
  })
  expect(JSON.parse(textAt(json, 'metadata', 'annotations', trialAnnotation) ?? '')).toEqual({
    rollout: 'web',
    canaryHash: 'bbb',
    stableHash: 'aaa',
    canaryService: 'web-canary',
    stableService: 'web-stable',
    since: '2026-01-01T12:00:05Z',
  })
})

test('the run of a step says which', () => {
  const [action] = planned(inline).actions
  const json = action?.kind === 'create' ? action.object.json : undefined
  expect(inside(json, 'metadata', 'labels')).toMatchObject({
    'rollout-type': 'Step',
    'step-index': '1',
  })
})

describe('what old releases leave behind', () => {
  test('ReplicaSets without pods, beyond the limit, the oldest first', () => {
    const others = ['c', 'd', 'e'].map((hash, index) =>
      replicaSet(hash, { wanted: 0, revision: index + 10 }),
    )
    const withPods = replicaSet('f', { revision: 0 })
    const seen = scene({ others: [...others, withPods], spec: { revisionHistoryLimit: 1 } })
    expect(deleted(seen)).toEqual(['web-d', 'web-c'])
  })

  test('finished runs of earlier revisions, beyond the limits for good and bad ones', () => {
    const old = { hash: 'old' } as const
    const runs = [
      run('good-1', 'Successful', { ...old, createdAt: at(1) }),
      run('good-2', 'Successful', { ...old, createdAt: at(2) }),
      run('bad-1', 'Failed', { ...old, createdAt: at(1) }),
      run('bad-2', 'Error', { ...old, createdAt: at(2) }),
      run('open', 'Running', old),
      run('mine', 'Failed', { ...old, kind: 'other' }),
      run('current', 'Failed', { createdAt: at(0) }),
    ]
    const analysisHistory = { successful: 1, unsuccessful: 1 }
    expect(deleted(scene({ runs, spec: { analysisHistory } }))).toEqual(['good-1', 'bad-1'])
  })
})

function planned(sees: Differs): PlannedRuns {
  const seen = scene(sees)
  return planRuns(seen, standingOf(seen), at(10))
}

function known(
  name: string,
  phase: Parameters<typeof run>[1],
  status: Differs['status'] = {},
): Differs {
  return { status: { backgroundRun: named(name), ...status }, runs: [run(name, phase)] }
}

function began(second: number): Differs {
  const startedAt = `2026-01-01T12:00:0${second}Z`
  const text = JSON.stringify({ revision: 2, startedAt, stations: [] })
  return { canary: { annotations: { [journalAnnotation]: text } } }
}

function ended(name: string): ReturnType<typeof run> {
  const facts = run(name, 'Running')
  return { ...facts, run: { ...facts.run, terminate: true } }
}

function words({ stepRun: step, backgroundRun, actions }: PlannedRuns): string {
  const name = step?.name ?? backgroundRun?.name
  const writes = actions.map((action) =>
    action.kind === 'create'
      ? `create ${action.object.ref.name}`
      : `end ${'ref' in action ? action.ref.name : action.kind}`,
  )
  return [...(name === undefined ? [] : [`goes by ${name}`]), ...writes].join('; ')
}

function deleted(seen: ReturnType<typeof scene>): readonly string[] {
  const none = { stepRun: undefined, backgroundRun: undefined, actions: [] }
  return tidy(seen, none).flatMap((action) => (action.kind === 'delete' ? [action.ref.name] : []))
}
